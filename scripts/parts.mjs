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
/** What so many operations share belongs to the core; the rest is loaded by those that need it. */
const fewest = 6;

/** Splits the program: `main` (starting, help), `core` (what most commands load) and what rolldown makes of the rest. */
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
    const operations = [...imports.keys()].filter((path) =>
      imports.get(path).includes(resolve(source, "operations/operation.ts")),
    );
    const times = new Map();
    for (const operation of operations) {
      for (const path of reach(operation)) times.set(path, (times.get(path) ?? 0) + 1);
    }
    const often = [...times].filter(([, count]) => count >= fewest).map(([path]) => path);
    const core = new Set([...often, ...opening.flatMap((path) => [...reach(resolve(source, path))])]);
    const help = [...reach(resolve(source, "cli/group-help.ts"))].filter((path) => core.has(path));
    const start = [...reach(resolve(source, "main.ts")), ...help];
    return new Map([...[...core].map((path) => [path, "core"]), ...start.map((path) => [path, "main"])]);
  };
  const name = (path) => (places ??= assign()).get(path) ?? null;
  return {
    plugin: {
      name: "calm-parts",
      moduleParsed({ id, importedIds }) {
        imports.set(id, importedIds);
      },
    },
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: "places", name }] },
  };
}
