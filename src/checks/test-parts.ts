import type { CommandDefinition, Runner } from "./command/definition.ts";

/** The tests of one part that a task changes. */
export interface ChangedTests {
  readonly definition: CommandDefinition;
  readonly paths: readonly string[];
}

const languages: readonly (readonly [RegExp, readonly Runner[]])[] = [
  [/\.([cm]?[jt]sx?|vue|svelte)$/, ["node", "vitest", "jest", "mocha", "ava"]],
  [/\.py$/, ["pytest", "unittest"]],
  [/\.rs$/, ["cargo", "nextest"]],
  [/\.go$/, ["go"]],
  [/\.(java|kt|kts|scala|groovy)$/, ["maven", "gradle"]],
  [/\.php$/, ["phpunit"]],
  [/\.rb$/, ["rspec", "minitest"]],
  [/\.(bats|sh)$/, ["bats"]],
];

/**
 * The parts of the tests that changed test files belong to: those of the innermost folder around a file whose runner
 * may read it. A file of no language may be anybody's there.
 */
export function partsOfTests(parts: readonly CommandDefinition[], paths: readonly string[]): ChangedTests[] {
  const owners = new Map(paths.map((path) => [path, ownersOf(parts, path)]));
  return parts
    .map((definition) => ({
      definition,
      paths: paths.filter((path) => owners.get(path)?.includes(definition)),
    }))
    .filter((part) => part.paths.length > 0);
}

function ownersOf(parts: readonly CommandDefinition[], path: string): CommandDefinition[] {
  const around = parts.filter(({ folder }) => folder === "" || path.startsWith(`${folder}/`));
  const runners = languages.find(([name]) => name.test(path))?.[1];
  const reading = around.filter(
    ({ runner }) => runners === undefined || runner === "unknown" || runners.includes(runner),
  );
  const possible = reading.length > 0 ? reading : around;
  const depth = Math.max(...possible.map(({ folder }) => folder.length));
  return possible.filter(({ folder }) => folder.length === depth);
}
