import { join } from "node:path";
import type { GateSubject } from "../checks/gate-subject.ts";
import { runSetup } from "../checks/set-up.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { findCheckout } from "./checkout.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { tellMovedSubmodules } from "./moved-submodules.ts";

/** Installs in the main checkout what changed lock files ask for; what prevents it is told, the merge has landed. */
export async function syncDependencies(
  context: Context,
  subject: GateSubject,
  merge: BuiltMerge,
): Promise<void> {
  const { setup } = subject.commands;
  const git = await context.git();
  const changed = await git.changedFiles(merge.old, merge.candidate);
  const checkout = await findCheckout(context, merge.target);
  if (checkout) tellMovedSubmodules(context, checkout.path, changed);
  const keys = changed.filter((change) => setup.keyFiles.includes(change.path)).map((change) => change.path);
  if (!checkout || keys.length === 0 || setup.commands.length === 0) return;
  const commands = setup.commands.join(" && ");
  if ((await git.dirtyFiles(checkout.path)).length > 0) {
    context.warn(
      `${keys.join(", ")} changed, but ${checkout.path} has uncommitted changes; run there: ${commands}`,
    );
    return;
  }
  const again = `run it again in ${checkout.path}: ${commands}`;
  try {
    const problem = await install(context, subject, merge, checkout.path);
    if (problem !== undefined) context.warn(`${problem}; ${again}`);
  } catch (error) {
    // The merge has landed, whatever becomes of the installation.
    if (!(error instanceof Failure)) throw error;
    context.warn(`${error.message}; ${again}`);
  }
}

async function install(
  context: Context,
  { commands: { setup } }: GateSubject,
  merge: BuiltMerge,
  path: string,
): Promise<string | undefined> {
  const project = await context.project();
  const folder = join(context.home.logs, project.id, `sync-${merge.candidate}`);
  const plan = { path, kind: "worktree", setup } as const;
  return runSetup(context, plan, merge.task, folder, `${project.id}-sync-${merge.candidate}`);
}
