/** The functions of zod that take a shape, and which argument it is. */
const shapeOf = { object: 0, strictObject: 0, looseObject: 0, extend: 1 };

/** What may make a schema when it is read: a call, or a field of another shape. */
const making = ["CallExpression", "MemberExpression"];

/** The properties of all shapes within a syntax tree whose schemas are made as they are read. */
function* madeProperties(node) {
  if (Array.isArray(node)) {
    for (const one of node) yield* madeProperties(one);
  } else if (typeof node?.type === "string") {
    const { callee } = node;
    const isZod = node.type === "CallExpression" && callee.object?.name === "z" && !callee.computed;
    const shape = isZod ? node.arguments[shapeOf[callee.property.name]] : undefined;
    const made = ({ computed, value }) => !computed && making.includes(value?.type);
    if (shape?.type === "ObjectExpression") yield* shape.properties.filter(made);
    for (const child of Object.values(node)) yield* madeProperties(child);
  }
}

/**
 * Makes the schemas of an object's fields when the object is first used, by the getters that zod takes in a shape: most
 * of a command's schemas, such as that of its answer, are never asked, and each costs as much as a small query.
 */
export const lazyShapes = {
  name: "calm-lazy-shapes",
  transform(code, id) {
    if (!id.endsWith(".ts") || !code.includes("zod/mini")) return undefined;
    const found = [...madeProperties(this.parse(code, { lang: "ts" }))];
    const edits = found.flatMap(({ key, value }) => [
      { from: key.start, to: key.start, text: "get " },
      { from: key.end, to: value.start, text: "() { return " },
      { from: value.end, to: value.end, text: "; }" },
    ]);
    // From behind, so that the places before stay where they are.
    edits.sort((one, other) => other.from - one.from);
    return edits.reduce((made, { from, to, text }) => made.slice(0, from) + text + made.slice(to), code);
  },
};
