import { join } from "node:path";
import type { GateSubject } from "../checks/gate-subject.ts";
import type { Setup } from "../checks/command/setup.ts";
import { resolveCommands } from "../checks/project-commands.ts";
import { runSetup } from "../checks/set-up.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ChangedFile } from "../git/git.ts";
import { loadConfig } from "../project/load-config.ts";
import { type Checkout, findCheckout } from "./checkout.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { tellMovedSubmodules } from "./moved-submodules.ts";

/**
 * Tells what a merge has left as it was in the main checkout, and, if asked to, installs there what changed lock files
 * ask for; what prevents it is told, the merge has landed.
 */
export async function syncDependencies(
  context: Context,
  subject: GateSubject,
  merge: BuiltMerge,
  asked: boolean,
): Promise<void> {
  const found = await lookAtCheckout(context, merge);
  if (!found || !asked) return;
  const { checkout, changed } = found;
  const { setup } = subject.commands;
  const keys = changedKeys(setup, changed);
  if (keys.length === 0) return;
  const commands = setup.commands.join(" && ");
  const git = await context.git();
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

/** Says of a merge that was interrupted after it had landed what is left to install: nobody waits for that any more. */
export async function tellUnsynced(context: Context, merge: BuiltMerge): Promise<void> {
  try {
    const found = await lookAtCheckout(context, merge);
    if (!found) return;
    const { setup } = await resolveCommands(context, await loadConfig(context), merge.candidate);
    const keys = changedKeys(setup, found.changed);
    if (keys.length === 0) return;
    const [path, commands] = [found.checkout.path, setup.commands.join(" && ")];
    context.warn(
      `${keys.join(", ")} changed with ${merge.task}, whose merge was interrupted; run in ${path}: ${commands}`,
    );
  } catch (error) {
    // The merge has landed, and its records are whole.
    if (!(error instanceof Failure)) throw error;
    context.warn(`What ${merge.task} needs installed is not known: ${error.message}`);
  }
}

/** The checkout that follows the default branch, and what the merge changed there; tells which submodules it moved. */
async function lookAtCheckout(
  context: Context,
  { target, old, candidate }: BuiltMerge,
): Promise<{ readonly checkout: Checkout; readonly changed: readonly ChangedFile[] } | undefined> {
  const git = await context.git();
  const changed = await git.changedFiles(old, candidate);
  const checkout = await findCheckout(context, target);
  if (!checkout) return undefined;
  tellMovedSubmodules(context, checkout.path, changed);
  return { checkout, changed };
}

/** The changed files that ask for an installation. */
function changedKeys({ keyFiles, commands }: Setup, changed: readonly ChangedFile[]): string[] {
  if (commands.length === 0) return [];
  return changed.map(({ path }) => path).filter((path) => keyFiles.includes(path));
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
