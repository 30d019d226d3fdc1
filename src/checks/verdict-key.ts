import { join } from "node:path";
import type { VerdictKey } from "../store/check-runs.ts";
import { definitionHash } from "./command/definition.ts";
import { ownEnvironment } from "./command/own-environment.ts";
import type { Setup } from "./command/setup.ts";
import { installFacts, isSetUp, recordedSetup } from "./installed.ts";
import { whereaboutsOf } from "./isolation.ts";
import { setupKey } from "./set-up.ts";
import { toolchainFingerprint } from "./command/toolchain.ts";
import type { CommandJob, CommandRunner, RunScope } from "./run-commands.ts";

type At = Parameters<CommandRunner["keyOf"]>[1];

/** Gives the keys under which the verdicts of one gate run are kept. */
export function verdictKeys(scope: RunScope): CommandRunner["keyOf"] {
  return async (job, at): Promise<VerdictKey> => {
    const { context, commands, worktree } = scope;
    const project = await context.project();
    const locks = await lockFiles(scope, at.commit);
    const room = worktree?.path ?? project.root;
    // In a clean room nothing of the worktree's is seen; its slot is not known yet, nor does it matter.
    const seen = job.room === "clean" ? join(context.home.slots, project.id) : room;
    const installed = job.room === "clean" ? "" : changedInstall(worktree, commands.setup, locks);
    const toolchain = toolchainFingerprint({
      definition: job.definition,
      env: ownEnvironment(context.env, await whereaboutsOf(context, seen)).env,
      room,
      place: seen,
      // Another setup makes another room of the same commit.
      lockFiles: { ...locks, setup: commands.setup.commands.join("\n"), installed },
      scripts: commands.scripts.get(job.definition.check),
    });
    const inputs = await inputsOf(scope, job, at);
    return { tree: inputs?.content ?? at.tree, definition: definitionHash(job.definition), toolchain };
  };
}

/** What differs in a worktree's install from what `setup` has made there; "" where nothing does. */
function changedInstall(
  worktree: RunScope["worktree"],
  setup: Setup,
  locks: Readonly<Record<string, string>>,
): string {
  if (!worktree) return "";
  const now = installFacts(worktree.path);
  const key = setupKey(setup, locks);
  const will = setup.commands.length > 0 && !isSetUp(worktree.setup_key, key);
  return will || worktree.setup_key === recordedSetup(key, now) ? "" : now;
}

/** Why the declared inputs of a check are none, in the configuration's words; undefined when nothing is wrong. */
export async function inputsProblem(scope: RunScope, job: CommandJob, at: At): Promise<string | undefined> {
  return (await inputsOf(scope, job, at))?.problem;
}

/**
 * The declared inputs that a verdict is kept under. In a clean room it is the whole tree instead: main never moves to a
 * tree that was not seen to pass, and what a check really reads nobody can prove.
 */
async function inputsOf(scope: RunScope, { definition, room }: CommandJob, at: At) {
  if (definition.inputs === undefined || room === "clean") return undefined;
  const { declaredInputs } = await import("./declared-inputs.ts");
  const files = await (await scope.context.git()).filesOf(at.commit);
  return declaredInputs(definition, files, scope.commands.scripts.get(definition.check));
}

/** Blob ids of the files that decide what gets installed at a commit, by path. */
export async function lockFiles(scope: RunScope, commit: string): Promise<Record<string, string>> {
  const git = await scope.context.git();
  const blobs: Record<string, string> = {};
  for (const path of scope.commands.setup.keyFiles)
    blobs[path] = (await git.blobOf(commit, path)) ?? "absent";
  return blobs;
}
