import { createHash } from "node:crypto";
import type { CommandLine, TreeReader } from "./definition.ts";
import { parseJustfile, parseMakefile, type Target } from "./makefile.ts";
import { simpleCommands } from "./shell-line.ts";

/** The programs that run a project's own targets. */
export type TargetTool = "make" | "just";

/** The file that a tool would read in a folder. */
export interface TargetFile {
  readonly tool: TargetTool;
  readonly file: string;
  readonly text: string;
  readonly targets: ReadonlyMap<string, Target>;
}

// In make's own order; just takes its name in any case.
const makefiles = ["GNUmakefile", "makefile", "Makefile"];
const justfile = /^\.?justfile$/i;

/** The Makefile and the justfile at the root of a tree. */
export async function readTargets(tree: TreeReader): Promise<TargetFile[]> {
  const root = await tree.list("");
  const make = makefiles.find((name) => root.includes(name));
  const just = root.find((name) => justfile.test(name));
  const found: TargetFile[] = [];
  const add = async (tool: TargetTool, file: string | undefined): Promise<void> => {
    const text = file === undefined ? undefined : await tree.read(file);
    if (file === undefined || text === undefined) return;
    found.push({ tool, file, text, targets: (tool === "make" ? parseMakefile : parseJustfile)(text) });
  };
  await add("make", make);
  await add("just", just);
  return found;
}

interface TargetCall {
  readonly found: TargetFile;
  readonly target: Target;
}

/** The target behind `make x` or `just x`, with nothing else on the line. */
async function findTarget(words: readonly string[], tree: TreeReader): Promise<TargetCall | undefined> {
  const [tool, name] = words;
  if (words.length !== 2 || name === undefined || (tool !== "make" && tool !== "just")) return undefined;
  const found = (await readTargets(tree)).find((one) => one.tool === tool);
  const target = found?.targets.get(name);
  return found && target && { found, target };
}

/**
 * The one command that a target comes down to, where `make x` or `just x` is all of a line; undefined where it is
 * more, or where only the tool itself could tell.
 */
export async function commandOfTarget(run: CommandLine, tree: TreeReader): Promise<string | undefined> {
  if (run.kind === "script") return undefined;
  const commands = run.kind === "argv" ? [{ words: run.argv }] : simpleCommands(run.line);
  const [only] = commands ?? [];
  if (!only || commands?.length !== 1) return undefined;
  const recipe = (await findTarget(only.words, tree))?.target.recipe ?? [];
  const [line] = recipe;
  return recipe.length === 1 && line !== undefined && !/[$%]|\{\{/.test(line) ? line : undefined;
}

/** What a target runs, for people who approve it: its recipe, and a mark of the file that everything in it depends on. */
export async function textOfTarget(words: readonly string[], tree: TreeReader): Promise<string | undefined> {
  const call = await findTarget(words, tree);
  if (!call) return undefined;
  const { file, text } = call.found;
  const mark = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${[...call.target.recipe, file].join("; ")} ${mark}`;
}
