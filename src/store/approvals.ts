import * as z from "zod/mini";
import { Approval } from "../model/approval.ts";
import { openPhases } from "./open-tasks.ts";
import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** The approvals and overrides of a task, oldest first. */
export async function listApprovals(store: Reader, task: string): Promise<Approval[]> {
  const rows = await store.db
    .selectFrom("approvals")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .orderBy("id")
    .execute();
  return rows.map((row) => z.parse(Approval, row));
}

/** Whether a person has let a content pass, for the task or for the parent whose documents stand in for its own. */
export async function isApproved(
  store: Reader,
  task: { readonly id: string; readonly spec_id: string | null },
  transition: string,
  content: string,
): Promise<boolean> {
  const owners = task.spec_id === null ? [task.id] : [task.id, task.spec_id];
  const words = (await Promise.all(owners.map((id) => listApprovals(store, id)))).flat();
  return words.some(
    (one) =>
      one.transition === transition &&
      one.content === content &&
      one.check === null &&
      (one.kind === "approval" || one.task_id === task.id),
  );
}

/** A person's word before it has a number, a user and a time. */
export type NewApproval = Pick<Approval, "task_id" | "kind" | "transition" | "check" | "content" | "reason">;

/** Adds a person's word; the caller has asked that person. */
export async function addApproval(tx: Writer, approval: NewApproval): Promise<Approval> {
  const added: Approval = {
    ...approval,
    id: await nextNumber(tx, "approvals"),
    channel: tx.stamp.actor.channel,
    user: tx.stamp.actor.user,
    created_at: tx.stamp.now(),
  };
  await tx.db
    .insertInto("approvals")
    .values({ project_id: tx.project, ...added })
    .execute();
  return added;
}

/** One line for each override of a task that is not DONE. */
export async function listOverrides(store: Reader): Promise<string[]> {
  const rows = await store.db
    .selectFrom("approvals")
    .innerJoin("tasks", (join) =>
      join.onRef("tasks.project_id", "=", "approvals.project_id").onRef("tasks.id", "=", "approvals.task_id"),
    )
    .select([
      "approvals.task_id",
      "approvals.transition",
      "approvals.check",
      "approvals.user",
      "approvals.reason",
    ])
    .where("approvals.project_id", "=", store.project)
    .where("approvals.kind", "=", "override")
    .where("tasks.phase", "in", openPhases)
    .orderBy("approvals.id")
    .execute();
  return rows.map(
    ({ task_id: task, transition, check, user, reason }) =>
      `${task} ${transition}${check === null ? "" : ` ${check}`} by ${user}: ${reason ?? ""}`,
  );
}
