import type { Git, TreeFile } from "../../../git/git.ts";
import type { CheckDefinition, TreeReader } from "../definition.ts";

/** Where the original keeps its gate scripts. */
export const gatesFolder = ".claude/gates";
/** What says which script a check is. */
export const registryFile = `${gatesFolder}/registry.json`;
/** What says of which type a project is. */
export const projectFile = ".claude/project.json";

/** What gate scripts are made of: they source files of `bin` and read `project.json`. */
const places = [gatesFolder, ".claude/bin", projectFile];

/** The original's gates as the default branch has them. */
export interface GateFiles {
  readonly branch: string;
  /** A symbolic link or a submodule among them is nothing to run: where it leads is not part of what is approved. */
  readonly files: readonly TreeFile[];
  /** The text of one of the files; undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
}

/** Reads the original's gates from a commit; undefined when it has neither a registry nor a script. */
export async function readGateFiles(
  git: Git,
  commit: string,
  branch: string,
  tree: TreeReader,
): Promise<GateFiles | undefined> {
  // The root is known from detection; most projects are done here.
  if (!(await tree.list("")).includes(".claude/")) return undefined;
  const files = await git.filesBelow(commit, places);
  const isGate = (path: string): boolean => path === gatesFolder || path === registryFile || isScript(path);
  if (!files.some(({ path }) => isGate(path))) return undefined;
  return { branch, files, read: (path) => git.readFile(commit, path) };
}

/** True for the path of a gate script by its name. */
function isScript(path: string): boolean {
  return /^\.claude\/gates\/check_\w+\.sh$/.test(path);
}

/** Globs of the files by which a branch would change its own gate, or bring a first one. */
export function gateGlobs(checks: Iterable<CheckDefinition>): string[] {
  const inUse = [...checks].some(({ source }) => source.kind === "original");
  return [`${gatesFolder}/**`, ...(inUse ? [".claude/bin/**", projectFile] : [])];
}
