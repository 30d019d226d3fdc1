import { createHash } from "node:crypto";
import picomatch from "picomatch";
import type { TreePath } from "../git/path-state.ts";
import { ofInputs } from "../model/gate-run.ts";
import type { CommandDefinition } from "./command/definition.ts";

/** The files of a commit that a check says it depends on, as one text; or the glob that names none. */
export interface DeclaredInputs {
  /** Stands in the place of a tree; equal content of the same files gives an equal text. */
  readonly content: string;
  readonly problem: string | undefined;
}

/**
 * The content of the files that match the globs: a file matches one at least that does not begin with `!`, and none
 * that does; where all do, every other file matches. `script` is what the command starts in the commit's package.json.
 */
export function declaredInputs(
  { check, inputs = [] }: Pick<CommandDefinition, "check" | "inputs">,
  files: readonly TreePath[],
  script: string | undefined,
): DeclaredInputs {
  const wanted = inputs.filter((glob) => !glob.startsWith("!"));
  const unwanted = inputs.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1));
  const isUnwanted = matcher(unwanted);
  const isWanted = wanted.length > 0 ? matcher(wanted) : () => true;
  const found = files.filter(({ path }) => isWanted(path) && !isUnwanted(path));
  const useless = wanted.find((glob) => !files.some(({ path }) => matcher([glob])(path)));
  const problem = problemOf(check, useless, found.length);
  const hash = createHash("sha256").update(JSON.stringify([script ?? null, problem ?? null]));
  for (const { mode, blob, path } of found) hash.update(`${mode} ${blob} ${path}\0`);
  return { content: `${hash.digest("hex")}${ofInputs}`, problem };
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  const plain = globs.map((glob) => glob.replace(/^\.\//, ""));
  // Without a glob picomatch would not make a matcher at all.
  return plain.length === 0 ? () => false : picomatch(plain, { dot: true });
}

function problemOf(check: string, useless: string | undefined, found: number): string | undefined {
  const setting = `checks.${check}.inputs in .calm/config.yaml`;
  if (useless !== undefined) {
    return `${setting} says ${JSON.stringify(useless)}, which matches no file of this commit. All files of a folder: "folder/**"`;
  }
  return found === 0 ? `${setting} leaves no file of this commit` : undefined;
}
