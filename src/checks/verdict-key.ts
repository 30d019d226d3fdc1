import type { VerdictKey } from "../store/check-runs.ts";
import { definitionHash } from "./command/definition.ts";
import { toolchainFingerprint } from "./command/toolchain.ts";
import type { CommandRunner, RunScope } from "./run-commands.ts";

/** Gives the keys under which the verdicts of one gate run are kept. */
export function verdictKeys(scope: RunScope): CommandRunner["keyOf"] {
  return async (job, at): Promise<VerdictKey> => {
    const project = await scope.context.project();
    const toolchain = await toolchainFingerprint({
      definition: job.definition,
      env: scope.context.env,
      room: scope.worktree?.path ?? project.root,
      // Another setup makes another room of the same commit.
      lockFiles: { ...(await lockFiles(scope, at.commit)), setup: scope.commands.setup.commands.join("\n") },
    });
    return { tree: at.tree, definition: definitionHash(job.definition), toolchain };
  };
}

/** Blob ids of the files that decide what gets installed at a commit, by path. */
export async function lockFiles(scope: RunScope, commit: string): Promise<Record<string, string>> {
  const git = await scope.context.git();
  const blobs: Record<string, string> = {};
  for (const path of scope.commands.setup.keyFiles)
    blobs[path] = (await git.blobOf(commit, path)) ?? "absent";
  return blobs;
}
