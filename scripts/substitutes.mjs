import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(import.meta.url);
const driver = resolve(import.meta.dirname, "driver.mjs");

/** Modules of node that cost 2–5 ms to load and that most commands import without calling them. */
const slow = ["node:child_process", "node:crypto", "node:fs/promises", "node:os", "node:timers/promises"];
/** Libraries with one function, of which the same is true: its Unicode classes cost a start 1 ms. */
const slowLibraries = ["fast-string-truncated-width"];
const prefix = "\0on-first-call:";

/** The functions of a module, which load it on their first call. */
function onFirstCall(module) {
  const functions = Object.entries(require(module)).filter(
    ([name, value]) => typeof value === "function" && name !== "default",
  );
  const lines = functions.map(([name]) => `export const ${name} = (...given) => load().${name}(...given);`);
  // The same object, from a module that is there anyway.
  if (module === "node:fs/promises") lines.push('export { constants } from "node:fs";');
  return [`const load = () => process.getBuiltinModule("${module}");`, ...lines].join("\n");
}

/** Puts quicker modules in the place of slow ones; the sources know nothing of it. */
export const substitutes = {
  name: "calm-substitutes",
  resolveId(request, importer) {
    if (slow.includes(request)) return prefix + request;
    if (slowLibraries.includes(request) && !importer.startsWith(prefix)) return prefix + request;
    if (request !== "@photostructure/sqlite") return undefined;
    return importer === driver ? { id: request, external: true } : driver;
  },
  load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const module = id.slice(prefix.length);
    return slow.includes(module)
      ? onFirstCall(module)
      : `export default (...given) => require("${module}").default(...given);`;
  },
};
