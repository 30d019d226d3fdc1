import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import type { Task } from "../model/task.ts";
import { loadConfig, type LoadedConfig } from "../project/load-config.ts";
import { type Location, locateTask } from "../project/location.ts";
import { getTask } from "../store/tasks.ts";
import { resolveCommands } from "./project-commands.ts";
import { type CommandSet, commandsAt, commandSet } from "./trust.ts";

/** The commands that somebody is shown before they approve them. */
export interface SeenCommands {
  readonly task: string | null;
  /** One for each place where the commands are not the same. */
  readonly sets: readonly CommandSet[];
  /** The lines of all of them, each once. */
  readonly lines: readonly string[];
  /** The hash of the only set, or of all of them. */
  readonly hash: string;
}

/** What the gates of a task would run wherever they run it, or, without a task, those of the default branch. */
export async function readGateCommands(context: Context, named: string | undefined): Promise<SeenCommands> {
  const loaded = await loadConfig(context);
  const task = named === undefined ? undefined : await getTask(await context.store(), named);
  const sets = task
    ? await setsOf(context, task, loaded)
    : [commandSet(await resolveCommands(context, loaded, loaded.tip))];
  const [only] = sets;
  const hashes = sets.map(({ hash }) => hash);
  const all = createHash("sha256").update(hashes.join()).digest("hex");
  return {
    ...{ task: task?.id ?? null, sets },
    lines: [...new Set(sets.flatMap(({ lines }) => lines))],
    hash: only && sets.length === 1 ? only.hash : all,
  };
}

async function setsOf(context: Context, task: Task, loaded: LoadedConfig): Promise<CommandSet[]> {
  const location = await locateTask(context, task, loaded);
  const commands = await resolveCommands(context, loaded, location.commit);
  const commits = await commitsAhead(context, task, loaded, location);
  return (await commandsAt(context, { task, commands, loaded, location }, commits)).map(commandSet);
}

/** The merge that the task is on its way to, and for a bug the base on which its test is proven. */
async function commitsAhead(
  context: Context,
  task: Task,
  loaded: LoadedConfig,
  location: Location,
): Promise<string[]> {
  if (!location.worktree) return [];
  const merged = await (await context.git()).previewMerge(loaded.tip, location.commit);
  // A tree is all that is read.
  return [...(merged.clean ? [merged.tree] : []), ...(task.type === "bug" ? [location.base] : [])];
}
