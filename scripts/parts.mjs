import { resolve } from "node:path";

const source = resolve(import.meta.dirname, "../src");

/** Loaded by every command that opens the store, besides the operation itself. */
const opening = [
  "open-project.ts",
  "cli/run-entry.ts",
  "store/open-database.ts",
  "store/store.ts",
  "system/process-identity.ts",
];
/** What the library that all of them load has for `calm schema` and for mistakes in a configuration. */
const seldom = /\/zod\/.*(json-schema|locales)/;

/** Where commands lie; the part of each has what it loads cached with it. */
const commands = ["operations/", "cli/commands/", "demo/", "cli/command-help", "cli/group-help"].map((path) =>
  resolve(source, path),
);

/** Loaded by a start and by help, which is also the answer to a wrong line. */
const starting = ["main.ts", "cli/group-help.ts"];

/**
 * Splits the program: `main` (starting), `core` (opening the store), and what rolldown makes of the rest: one part for
 * an operation and one for what the same operations share. So a command loads next to nothing that it does not use; how
 * many parts that are hardly matters, since the cache keeps them in one file.
 */
export function splitIntoParts() {
  const imports = new Map();
  let places;

  const reach = (path, found = new Set()) => {
    if (!imports.has(path) || found.has(path)) return found;
    found.add(path);
    for (const next of imports.get(path)) reach(next, found);
    return found;
  };
  const assign = () => {
    const reached = opening.flatMap((path) => [...reach(resolve(source, path))]);
    const core = new Set(reached.filter((path) => !seldom.test(path)));
    const [start, help] = starting.map((path) => [...reach(resolve(source, path))]);
    const main = [...start, ...help.filter((path) => core.has(path))];
    return new Map([...[...core].map((path) => [path, "core"]), ...main.map((path) => [path, "main"])]);
  };
  const name = (path) => (places ??= assign()).get(path) ?? null;
  const nameOfPart = ({ facadeModuleId }) =>
    commands.some((room) => facadeModuleId?.startsWith(room)) ? "[name].command.js" : "[name].js";
  return {
    plugin: {
      name: "calm-parts",
      moduleParsed({ id, importedIds }) {
        imports.set(id, importedIds);
      },
    },
    nameOfPart,
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: "places", name }] },
  };
}
