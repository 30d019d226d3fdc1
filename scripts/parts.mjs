import { resolve } from "node:path";

const source = resolve(import.meta.dirname, "../src");

const operations = resolve(source, "operations");

/** What so many files of operations reach lies in one part: each part costs two files to open, its code and its cache. */
const many = 20;
/** They use next to nothing of that, and are to stay as quick as they are. */
const quick = ["task/list.ts", "counter/get.ts"].map((path) => resolve(operations, path));

/** Loaded by every command that opens the store, besides the operation itself. */
const opening = [
  "open-project.ts",
  "cli/run-entry.ts",
  "store/open-database.ts",
  "store/store.ts",
  "system/process-identity.ts",
];
/** Where commands lie; the part of each has what it loads cached with it. */
const commands = ["operations/", "cli/commands/", "demo/", "cli/command-help", "cli/group-help"].map((path) =>
  resolve(source, path),
);
/** Loaded by a start and by help, which is also the answer to a wrong line. */
const starting = ["main.ts", "cli/group-help.ts"];

/**
 * Splits the program: `main` (starting), `core` (opening the store), `shared` (what many operations use), and what
 * rolldown makes of the rest: one part for an operation and one for what the same operations share. To load much more
 * than a command runs costs more than to load it in pieces.
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
    const core = new Set(opening.flatMap((path) => [...reach(resolve(source, path))]));
    const [start, help] = starting.map((path) => [...reach(resolve(source, path))]);
    const main = [...start, ...help.filter((path) => core.has(path))];
    const shared = usedByMany().map((path) => [path, "shared"]);
    return new Map([
      ...[...core].map((path) => [path, "core"]),
      ...main.map((path) => [path, "main"]),
    ]);
  };
  const usedByMany = () => {
    const users = new Map();
    for (const operation of [...imports.keys()].filter((path) => path.startsWith(operations)))
      for (const path of reach(operation)) users.set(path, (users.get(path) ?? 0) + 1);
    const spared = new Set(quick.flatMap((path) => [...reach(path)]));
    const isOften = ([path, count]) =>
      count >= many && path.startsWith(source) && !path.startsWith(operations) && !spared.has(path);
    return [...users].filter(isOften).map(([path]) => path);
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
