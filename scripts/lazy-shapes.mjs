/** The functions of zod that take a shape, and which argument it is. */
const shapeOf = { object: 0, strictObject: 0, looseObject: 0, extend: 1 };

/** What may make a schema when it is read: a call, or a field of another shape. */
const making = ["CallExpression", "MemberExpression"];

/** The properties of all shapes within a syntax tree whose schemas are made as they are read; `lazy` names are, too. */
export function* madeProperties(node, lazy) {
  if (Array.isArray(node)) {
    for (const one of node) yield* madeProperties(one, lazy);
  } else if (typeof node?.type === "string") {
    const { callee } = node;
    const isZod = node.type === "CallExpression" && callee.object?.name === "z" && !callee.computed;
    const shape = isZod ? node.arguments[shapeOf[callee.property.name]] : undefined;
    const isMade = ({ computed, shorthand, value }) =>
      !computed && !shorthand && (making.includes(value?.type) || lazy.has(value?.name));
    if (shape?.type === "ObjectExpression") yield* shape.properties.filter(isMade);
    for (const child of Object.values(node)) yield* madeProperties(child, lazy);
  }
}
