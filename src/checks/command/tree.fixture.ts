import type { CommandDefinition, TreeReader } from "./definition.ts";
import { detectedCommand } from "./detected-checks.ts";

/** A commit's content for tests: paths with their texts. */
export function treeOf(files: Readonly<Record<string, string>>): TreeReader {
  return {
    list(folder) {
      const prefix = folder === "" ? "" : `${folder}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(prefix));
      const names = below.map((path) => /^[^/]+\/?/.exec(path.slice(prefix.length))?.[0] ?? "");
      return Promise.resolve([...new Set(names)].sort());
    },
    read: (path) => Promise.resolve(files[path]),
  };
}

/** The text of a package.json. */
export function packageJson(scripts: Readonly<Record<string, string>>, dependencies: string[] = []): string {
  const versions = Object.fromEntries(dependencies.map((name) => [name, "^1.0.0"]));
  return JSON.stringify({ scripts, devDependencies: versions });
}

/** A definition of `tests` for tests. */
export function testsDefinition(changes: Partial<CommandDefinition> = {}): CommandDefinition {
  const base = detectedCommand("tests", { argv: ["true"], file: "package.json", note: "" });
  return { ...base, ...changes };
}
