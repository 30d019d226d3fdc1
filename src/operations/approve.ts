import * as z from "zod/mini";
import { readGateSubject } from "../checks/gate-subject.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { Approval } from "../model/approval.ts";
import { field, TaskArgument } from "../model/field.ts";
import type { Task } from "../model/task.ts";
import { gateOf, parseTransition, type Transition } from "../model/workflow.ts";
import { loadConfig } from "../project/load-config.ts";
import { codeContent, locateTask } from "../project/location.ts";
import { addApproval } from "../store/approvals.ts";
import { getTask } from "../store/tasks.ts";
import { defineOperation } from "./operation.ts";

/** `calm approve` */
export const approve = defineOperation({
  name: "approve",
  summary: "Approve a transition, or the merge of guarded paths, of the content as it is now; for a person",
  kind: "approval",
  effect: "write",
  authority: "human",
  examples: ["calm approve SPEC-001 SPEC-DESIGN", "calm approve SPEC-001 merge"],
  input: z.object({
    task: TaskArgument,
    transition: field(z.string(), "FROM-TO, or merge for a change of guarded paths"),
  }),
  positional: ["task", "transition"],
  output: Approval,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const { transition, content } = await contentOf(context, task, input.transition);
    const command = `calm approve ${task.id} ${transition}`;
    const question = `Approve ${transition} of ${task.id} (${task.title}), content ${shorten(content)}?`;
    await context.askPerson({ question, word: task.id, command });
    return store.write(async (tx) => {
      const words = {
        task_id: task.id,
        kind: "approval",
        transition,
        check: null,
        content,
        reason: null,
      } as const;
      const approval = await addApproval(tx, words);
      await tx.event({ task: task.id, summary: `${approval.user} approved ${transition}`, data: approval });
      return approval;
    });
  },
  text: ({ task_id: task, transition }) => `Approved ${transition} of ${task}`,
  next: ({ task_id: task, transition }) =>
    transition === "merge" || gateOf(transition as Transition).movedBy === "merge"
      ? [`calm worktree merge ${task}`]
      : [`calm task transition ${task} ${transition.split("-")[1] ?? ""}`],
});

async function contentOf(
  context: Context,
  task: Task,
  named: string,
): Promise<{ transition: string; content: string }> {
  if (named.toLowerCase() !== "merge") {
    const transition = parseTransition(named, task.type);
    const { anchor } = await readGateSubject(context, task, transition);
    if (!anchor.includes("absent")) return { transition, content: anchor };
    throw new Failure("nothing_to_review", `${task.id} has no committed document that could be approved`, {
      hint: `See what is missing: calm gate check ${task.id} ${transition}`,
    });
  }
  const location = await locateTask(context, task, await loadConfig(context));
  const content = await codeContent(context, location.base, location.commit);
  if (content !== undefined) return { transition: "merge", content };
  throw new Failure("nothing_to_review", `${task.id} has no committed change that could be approved`, {
    hint: `Look at it: calm task show ${task.id}`,
  });
}

function shorten(content: string): string {
  return content.replace(/[0-9a-f]{40,64}/g, (oid) => oid.slice(0, 7));
}
