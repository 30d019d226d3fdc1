import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { gitIn } from "../../model/shell-quote.ts";
import { reviewingRoles, Worker } from "../../model/worker.ts";
import { endWorker } from "../../store/workers.ts";
import { findWorktree } from "../../store/worktrees.ts";
import { plural } from "../../text/plural.ts";
import { namedWorker, WorkerArgument } from "../../workers/named-worker.ts";
import { listFiles, uncommittedFiles } from "../../worktree/uncommitted.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker complete` */
export const workerComplete = defineOperation({
  name: "worker complete",
  summary: "Mark a worker as completed",
  kind: "worker",
  effect: "write",
  examples: ["calm worker complete W-k3m9x2p7qa"],
  input: z.object({ worker: WorkerArgument }),
  positional: ["worker"],
  output: Worker,
  async run(context, input) {
    const id = namedWorker(context, input.worker);
    const store = await context.store();
    const ended = await store.write(async (tx) => {
      const worker = await endWorker(tx, id, "completed", null);
      await tx.event({ task: worker.task_id, summary: `worker ${worker.id} completed`, data: worker });
      return worker;
    });
    // What a reviewer finds lying there is its author's to commit.
    if (!reviewingRoles.includes(ended.role)) await warnOfUncommitted(context, ended.task_id);
    return ended;
  },
  text: ({ id }) => `Worker ${id} marked as completed`,
});

/** Work that is called done and is committed nowhere would be missing from every gate and merge. */
async function warnOfUncommitted(context: Context, task: string): Promise<void> {
  const worktree = await findWorktree(await context.store(), task);
  if (!worktree) return;
  try {
    const files = await uncommittedFiles(context, worktree);
    if (files.length === 0) return;
    const here = gitIn(worktree.path);
    context.warn(
      `The worktree of ${task} has ${plural(files.length, "uncommitted file")} (${listFiles(files)}), which no gate ` +
        `and no merge sees. Commit them: ${here} add -A && ${here} commit -m "<what changed>"`,
    );
  } catch (error) {
    // The worker has ended all the same; a worktree that cannot be looked at is worth a word.
    if (!(error instanceof Failure)) throw error;
    context.warn(`Whether ${task} is committed cannot be told: ${error.message}`);
  }
}
