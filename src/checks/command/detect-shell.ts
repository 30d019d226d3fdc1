import type { TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";

const folders = ["test", "tests", "spec"];
// Only these, as bats itself and its libraries often lie beside them, with tests of their own.
const below = ["unit", "integration", "functional", "acceptance", "e2e"];

/** The checks of shell scripts; undefined when the tree has neither bats tests nor a .shellcheckrc. */
export async function detectShell(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  const places = await testPlaces(tree, root);
  const shellcheck = root.includes(".shellcheckrc") ? ".shellcheckrc" : undefined;
  const [first] = places;
  const sign = shellcheck ?? first;
  if (sign === undefined) return undefined;
  return {
    ...(first !== undefined && {
      tests: detectedCommand("tests", {
        argv: ["bats", ...places],
        file: first,
        note: "bats",
        runner: "bats",
        asked: true,
      }),
    }),
    lint: detectedCommand("lint", { argv: ["sh", "-c", shellcheckAll], file: sign, note: "shellcheck" }),
    types: detectedNone("types", sign, "shell scripts have no types"),
  };
}

/** The folders and files that bats is given: it does not look into folders below them. */
async function testPlaces(tree: TreeReader, root: readonly string[]): Promise<string[]> {
  const places = root.filter((name) => name.endsWith(".bats"));
  for (const folder of folders.filter((name) => root.includes(`${name}/`))) {
    const names = await tree.list(folder);
    if (names.some((name) => name.endsWith(".bats"))) places.push(folder);
    for (const name of below.filter((one) => names.includes(`${one}/`))) {
      const tests = await tree.list(`${folder}/${name}`);
      if (tests.some((one) => one.endsWith(".bats"))) places.push(`${folder}/${name}`);
    }
  }
  return places;
}

// git names the tracked files; a script without an ending is known by its first line.
const shebang = "^#!.*[/ ](ba|da|k)?sh( |$)";
const shellcheckAll = [
  "{ git ls-files -z -- '*.sh' '*.bash'",
  `git -c core.quotePath=off grep -lIE '${shebang}' -- ':!*.sh' ':!*.bash' ':!*.bats' | while IFS= read -r file`,
  `do if head -n 1 -- "$file" | grep -qE '${shebang}'; then printf '%s\\0' "$file"; fi`,
  "done; } | xargs -0 shellcheck --",
].join("; ");
