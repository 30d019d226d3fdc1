import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { madeProperties } from "./lazy-shapes.mjs";

/** What the expressions begin with that make schemas: zod itself, and calm's way of describing one. */
const makers = ["z", "field"];

/** The nodes below a node that are code: of TypeScript's own ones only the expressions that they hold. */
function* childrenOf(node) {
  if (node.type.startsWith("TS")) {
    if (node.expression?.type) yield ["expression", node.expression];
    return;
  }
  for (const [key, value] of Object.entries(node))
    for (const one of [value].flat()) if (typeof one?.type === "string") yield [key, one];
}

/** The name that a chain of calls and members begins with. */
function rootOf(node) {
  const inner = node.callee ?? node.object;
  return inner ? rootOf(inner) : node.name;
}

/** The constants of a module whose values are schemas: each is one statement. */
function schemasOf(program) {
  const found = new Map();
  for (const statement of program.body) {
    const exported = statement.type === "ExportNamedDeclaration";
    const { type, kind, declarations } = (exported && statement.declaration) || statement;
    const [{ id, init } = {}] = declarations ?? [];
    if (type !== "VariableDeclaration" || kind !== "const" || init?.type !== "CallExpression") continue;
    const root = rootOf(init);
    if (makers.includes(root) || found.has(root)) found.set(id.name, { statement, init, exported });
  }
  return found;
}

/** Where names are used, and which are declared inside of functions. */
function usesIn(program) {
  const uses = [];
  const declared = new Set();
  const constants = new Set(program.body.flatMap((one) => (one.declaration ?? one).declarations ?? []));
  const declare = (node) => {
    if (node?.type === "Identifier") declared.add(node.name);
    else if (node) for (const [key, child] of childrenOf(node)) if (key !== "key") declare(child);
  };
  const visit = (node, parent, place) => {
    const isName = place === "key" || place === "property";
    if (node.type === "Identifier" && !(isName && !parent.computed)) uses.push({ node, parent });
    for (const [key, child] of childrenOf(node)) {
      if (node.type === "ImportDeclaration" || node.type === "TSTypeAliasDeclaration") continue;
      if (node.type === "VariableDeclarator" && key === "id") {
        // A pattern may have defaults, which are not looked into.
        if (!constants.has(node) || child.type !== "Identifier") declare(child);
      } else if (key === "params") declare(child);
      else if (!(node.shorthand && key === "key")) visit(child, node, key);
    }
  };
  visit(program, undefined, undefined);
  return { uses, declared };
}

/** The modules that are imported when they are needed: what they export is asked for by name, out of sight. */
function dynamicTargets(root) {
  const found = new Set();
  for (const file of readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".ts"))) {
    const path = join(root, file);
    for (const [, target] of readFileSync(path, "utf8").matchAll(/import\("(\.[^"]+)"\)/g))
      found.add(resolve(dirname(path), target));
  }
  return found;
}

/** Those of the names that a module hands on, its own or another's: whoever imports them there would not know what they are. */
function handedOn(program, lazy, namesOf) {
  return program.body.flatMap(({ type, source, specifiers = [] }) => {
    const names = source?.value.startsWith(".") ? namesOf(source.value) : [...lazy];
    if (type === "ExportAllDeclaration") return names;
    if (type !== "ExportNamedDeclaration") return [];
    return specifiers.map(({ local }) => local.name).filter((name) => names.includes(name));
  });
}

/** The changes that make the schemas of a module late: `own` are its constants, `lazy` with those that it imports. */
function editsOf(program, own, lazy, uses) {
  const functions = [...own].flatMap(([name, { statement, init, exported }]) => {
    const kept = `${name}$made`;
    const head = `var ${kept}; ${exported ? "export " : ""}function ${name}() { return ${kept} ??= `;
    return [
      { from: statement.start, to: init.start, text: head },
      { from: init.end, to: statement.end, text: "; }" },
    ];
  });
  const getters = [...madeProperties(program, lazy)].flatMap(({ key, value }) => [
    { from: key.start, to: key.start, text: "get " },
    { from: key.end, to: value.start, text: "() { return " },
    { from: value.end, to: value.end, text: "; }" },
  ]);
  const calls = uses
    .filter(({ node }) => lazy.has(node.name))
    .map(({ node: { name, end }, parent }) => ({
      ...{ from: end, to: end },
      text: parent.shorthand ? `: ${name}()` : "()",
    }));
  // From behind, so that the places before stay where they are; at one place the call goes before what closes.
  return [...functions, ...getters, ...calls].sort((one, other) => other.from - one.from);
}

/**
 * Makes the schemas of a program when they are first used. A constant that holds one becomes a function that makes it
 * once, and each use of it, here and in the modules that import it, a call; the fields of a shape become getters, which
 * zod takes there and resolves once. Most of a command's schemas, such as that of its answer, are never asked, and each
 * costs as much as a small query.
 */
export function lazySchemas(root) {
  const late = dynamicTargets(root);
  const known = new Map();
  const parse = (context, code) => context.parse(code, { lang: "ts" });
  const exportedBy = (context, path) => {
    if (late.has(path) || !path.endsWith(".ts")) return [];
    if (!known.has(path)) {
      const schemas = schemasOf(parse(context, readFileSync(path, "utf8")));
      known.set(
        path,
        [...schemas].filter(([, { exported }]) => exported).map(([name]) => name),
      );
    }
    return known.get(path);
  };
  const importedBy = (context, program, id) =>
    program.body
      .filter(
        ({ type, source, importKind }) =>
          type === "ImportDeclaration" && importKind !== "type" && source.value.startsWith("."),
      )
      .flatMap(({ source, specifiers }) => {
        const names = exportedBy(context, resolve(dirname(id), source.value));
        const whole = specifiers.some(({ type }) => type === "ImportNamespaceSpecifier");
        if (whole && names.length > 0)
          throw new Error(`${id}: import the schemas of ${source.value} by name`);
        return specifiers
          .filter(({ imported, importKind }) => importKind !== "type" && names.includes(imported?.name))
          .map(({ local }) => local.name);
      });
  return {
    name: "calm-lazy-schemas",
    transform(code, id) {
      if (!id.startsWith(root) || !id.endsWith(".ts")) return undefined;
      const program = parse(this, code);
      const own = new Map([...schemasOf(program)].filter(([, { exported }]) => !(exported && late.has(id))));
      const lazy = new Set([...own.keys(), ...importedBy(this, program, id)]);
      const [handed] = handedOn(program, lazy, (path) => exportedBy(this, resolve(dirname(id), path)));
      if (handed) throw new Error(`${id}: export ${handed} where it is made, and import it from there`);
      if (lazy.size === 0 && !code.includes("zod/mini")) return undefined;
      const { uses, declared } = usesIn(program);
      for (const name of lazy)
        if (declared.has(name)) throw new Error(`${id}: ${name} is the name of a schema, too`);
      const edits = editsOf(program, own, lazy, uses);
      return edits.reduce((made, { from, to, text }) => made.slice(0, from) + text + made.slice(to), code);
    },
  };
}
