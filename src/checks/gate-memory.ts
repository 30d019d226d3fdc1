import type { Context } from "../context.ts";
import { newObjects, remember } from "../project/commit-memory.ts";
import { rememberChanges } from "../worktree/remember-work.ts";
import type { GateSubject } from "./gate-subject.ts";
import { newCommands } from "./project-commands.ts";
import type { CommitUnderTest } from "./run-gate.ts";

/** Checks that ask git which files a branch changes: asked again, it need not be started. */
const readersOfChanges = ["code_exists", "regression_test"];

/**
 * Remembers which files a task changes, where a check of its gate has asked for them: its worktree was clean, so
 * what is committed is all of its work.
 */
export async function rememberChangedFiles(
  context: Context,
  { task, gate, location }: GateSubject,
  { base, commit }: CommitUnderTest,
): Promise<void> {
  if (!location.worktree || !gate.checks.some(({ check }) => readersOfChanges.includes(check))) return;
  const changed = await (await context.git()).changedFiles(base, commit);
  await rememberChanges(context, [{ task: task.id, paths: changed.map(({ path }) => path) }]);
}

/** Remembers what was read of the task's commit: all that comes after a gate asks for it again. */
export async function rememberCommit(
  context: Context,
  { loaded, location, commands }: GateSubject,
): Promise<void> {
  const { commit } = location;
  const values = {
    ...(await newCommands(context, loaded, commit, commands)),
    ...(await newObjects(context, commit)),
  };
  await remember(context, commit, values);
}
