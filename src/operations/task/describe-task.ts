import * as z from "zod/mini";
import { Approval } from "../../model/approval.ts";
import { field } from "../../model/field.ts";
import { GateRun } from "../../model/gate-run.ts";
import { shortId } from "../../model/id.ts";
import { recordedFor, Review } from "../../model/review.ts";
import { PhaseTransition, Task } from "../../model/task.ts";
import { Worker } from "../../model/worker.ts";
import { TestRun } from "../../store/check-runs.ts";
import { ago } from "../../text/ago.ts";
import { escapeControls } from "../../text/escape.ts";
import { type Mark, mark } from "../../text/mark.ts";
import type { Text } from "../../text/text.ts";

/** A task with everything that is known of it. */
export const TaskDetails = z.extend(Task, {
  open_blockers: field(z.array(z.string()), "Blockers that are not DONE"),
  subtasks: z.array(z.object({ id: z.string(), phase: z.string(), title: z.string() })),
  history: z.array(PhaseTransition),
  gate_runs: z.array(GateRun),
  test_runs: z.array(TestRun),
  reviews: z.array(Review),
  approvals: z.array(Approval),
  workers: z.array(Worker),
  next: field(z.nullable(z.string()), "The command that moves the task on; null when it is DONE"),
  waits_for_person: field(z.boolean(), "Only a person may run the next command"),
});
type TaskDetails = z.output<typeof TaskDetails>;

/** A task for people: everything whole, one thing a line. */
export function describeTask(task: TaskDetails, text: Text): string {
  const done = task.subtasks.filter((one) => one.phase === "DONE").length;
  const label = task.waits_for_person ? "Waits for a person" : "Next";
  const sections = [
    headLines(task, text),
    section(
      `Subtasks, ${done} of ${task.subtasks.length} DONE`,
      task.subtasks.map((one) => `${one.id}  ${one.phase}  ${escapeControls(one.title)}`),
      text,
    ),
    section("History", historyLines(task, text), text),
    section(
      "Gate runs",
      task.gate_runs.map((run) => runLine(run, text)),
      text,
    ),
    section("Test runs", task.test_runs.map(testLine), text),
    section(
      "Reviews",
      task.reviews.map((review) => reviewLine(review, text)),
      text,
    ),
    section(
      "Approvals",
      task.approvals.map((approval) => approvalLine(approval, text)),
      text,
    ),
    section(
      "Workers",
      task.workers.map((one) => `${one.id}  ${one.role}  ${one.status}${reason(one.reason)}`),
      text,
    ),
    task.next === null ? [] : ["", `${label}: ${text.colors.bold(task.next)}`],
  ];
  return sections.flat().join("\n");
}

function section(title: string, lines: readonly string[], text: Text): string[] {
  return lines.length === 0 ? [] : ["", text.colors.bold(`${title}:`), ...lines.map((line) => `  ${line}`)];
}

function headLines(task: TaskDetails, text: Text): string[] {
  const open =
    task.open_blockers.length > 0 ? text.colors.red(` (open: ${task.open_blockers.join(", ")})`) : "";
  const lines: (readonly [string, string])[] = [
    ["Task", text.colors.bold(task.id)],
    ["Title", escapeControls(task.title)],
    ["Type", task.type],
    ["Phase", task.phase],
    ["Priority", String(task.priority)],
    ["Spec", escapeControls(task.spec_id ?? "")],
    ["Specialist", escapeControls(task.specialist ?? "")],
    ["Blocked by", task.blocked_by.join(", ") + open],
    ["Touches", escapeControls(task.touches.join(", "))],
    ["Worktree", escapeControls(task.worktree_path ?? "")],
    ["Created", `${task.created_at} (${ago(task.created_at, text.now)})`],
    ["Updated", `${task.updated_at} (${ago(task.updated_at, text.now)})`],
    ["Notes", escapeControls(task.notes ?? "", "keep")],
  ];
  return lines.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
}

function historyLines(task: TaskDetails, text: Text): string[] {
  return task.history.map((step) => {
    const move =
      step.from_phase === "" ? `created in ${step.to_phase}` : `${step.from_phase} → ${step.to_phase}`;
    const how = {
      forward: "",
      merge: "  by merge",
      back: "  back",
      attempt: "  failed attempt",
      imported: "",
    }[step.kind];
    const run = step.gate_run_id === null ? "" : `  run ${step.gate_run_id}`;
    return `${move}${how}${run}  ${ago(step.transitioned_at, text.now)} by ${escapeControls(step.actor)}${reason(step.gate_details)}`;
  });
}

function runLine(run: GateRun, text: Text): string {
  const sign = mark(markOf(run), text.colors);
  const verdict = `${run.verdict ?? run.state}${run.voided_at === null ? "" : ", voided"}`;
  const when = ago(run.ended_at ?? run.started_at, text.now);
  return `${sign} run ${run.id}  ${run.transition}  ${verdict}  ${shortId(run.commit_sha)}  ${when}${reason(run.reason)}`;
}

function markOf(run: GateRun): Mark {
  if (run.state === "imported") return "skip";
  if (run.state === "running") return "running";
  return run.verdict === "pass" && run.voided_at === null ? "pass" : "fail";
}

function testLine(run: TaskDetails["test_runs"][number]): string {
  const { passed, failed, errors, skipped, total } = run;
  const commit = run.commit_sha === null ? "no commit" : shortId(run.commit_sha);
  return `${commit}  ${total} tests: ${passed} passed, ${failed + errors} failed, ${skipped} skipped`;
}

function reviewLine(review: Review, text: Text): string {
  const voided = review.voided_at === null ? "" : `  voided (${escapeControls(review.void_reason ?? "")})`;
  const other = recordedFor(review);
  const recorded = other === undefined ? "" : ` (recorded by ${escapeControls(other)})`;
  const by = `${review.reviewer}${recorded}  ${ago(review.created_at, text.now)}`;
  return `${review.review_type}  ${review.result}  ${by}${voided}${reason(review.notes)}`;
}

function approvalLine(approval: Approval, text: Text): string {
  const what = approval.check === null ? approval.transition : `${approval.transition} ${approval.check}`;
  const line = `${approval.kind} of ${what} by ${approval.user}  ${ago(approval.created_at, text.now)}`;
  // An override stays visible for ever.
  return approval.kind === "override" ? text.colors.red(line + reason(approval.reason)) : line;
}

function reason(note: string | null): string {
  return note === null || note === "" ? "" : `: ${escapeControls(note)}`;
}
