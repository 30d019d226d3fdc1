import type { Context } from "../context.ts";
import type { Task } from "../model/task.ts";
import type { Transition } from "../model/workflow.ts";
import { type LoadedConfig, loadConfig, unmergedConfig } from "../project/load-config.ts";
import { type Location, locateTask } from "../project/location.ts";
import { readAnchor } from "./anchor.ts";
import { type ProjectCommands, resolveCommands } from "./project-commands.ts";
import { type ResolvedGate, resolveGate } from "./resolve-gate.ts";

/** Everything about a gate that is known before a check runs; all of it read from git. */
export interface GateSubject {
  readonly task: Task;
  readonly gate: ResolvedGate;
  readonly commands: ProjectCommands;
  readonly loaded: LoadedConfig;
  readonly location: Location;
  readonly anchor: string;
  /** What people should know, such as configuration that does not count yet. */
  readonly notes: readonly string[];
}

/** Reads what a gate of a task is about. */
export async function readGateSubject(
  context: Context,
  task: Task,
  transition: Transition,
): Promise<GateSubject> {
  const loaded = await loadConfig(context);
  const location = await locateTask(context, task, loaded);
  const commands = await resolveCommands(context, loaded, location.commit);
  const gate = resolveGate(transition, loaded, commands);
  const anchor = await readAnchor(context, task, gate.gate, location, loaded);
  const head = location.worktree ? location.commit : undefined;
  const config = await unmergedConfig(context, loaded, head, location.worktree?.path);
  const notes = [config, commands.note].filter((note) => note !== undefined);
  return { task, gate, commands, loaded, location, anchor, notes };
}
