import { shortId } from "../model/id.ts";
import type { PhaseTransition } from "../model/task.ts";
import { escapeControls } from "../text/escape.ts";
import type { Facts } from "./gather.ts";

const mostLines = 20;

/** What calm's records say of a task, one thing a line; holds text of others, so it is to be fenced. */
export function describeRecords(facts: Facts): string {
  return [
    ...columns(facts),
    ...list(
      "subtasks",
      facts.subtasks.map(({ id, phase, title }) => `${id}  ${phase}  ${title}`),
    ),
    ...list("history", historyLines(facts)),
    ...list("gate verdicts (the newest run of each gate)", runLines(facts)),
    ...list("reviews", reviewLines(facts)),
    ...list("approvals and overrides by a person", approvalLines(facts)),
  ].join("\n");
}

function columns({ task, openBlockers }: Facts): string[] {
  const values: readonly (readonly [string, string | null])[] = [
    ["id", task.id],
    ["title", task.title],
    ["type", task.type],
    ["phase", task.phase],
    ["priority", `${task.priority} (0 is the most urgent)`],
    ["spec_id", task.spec_id],
    ["specialist", task.specialist],
    ["blocked_by", task.blocked_by.join(", ")],
    ["open blockers", openBlockers.join(", ")],
    ["touches", task.touches.join(", ")],
    ["worktree_path", task.worktree_path],
    ["created_at", task.created_at],
    ["updated_at", task.updated_at],
  ];
  const lines = values.map(([name, value]) => `${name}: ${escapeControls(value ?? "") || "none"}`);
  const notes = task.notes ? task.notes.split(/\r?\n/) : [];
  return [...lines, ...list("notes", notes, notes.length)];
}

/** An indented list; a text of several lines cannot pass for another entry. */
function list(name: string, entries: readonly string[], most = mostLines): string[] {
  if (entries.length === 0) return [`${name}: none`];
  const earlier = entries.length - most;
  const skipped = earlier > 0 ? [`    (${earlier} earlier ones are left out)`] : [];
  return [`${name}:`, ...skipped, ...entries.slice(-most).map((entry) => `    ${escapeControls(entry)}`)];
}

const howItWent: Readonly<Record<PhaseTransition["kind"], string>> = {
  ...{ forward: "", merge: " by merge", back: " back" },
  ...{ attempt: " failed attempt", imported: " taken over" },
};

function historyLines({ history }: Facts): string[] {
  return history.map((step) => {
    const move =
      step.from_phase === "" ? `created in ${step.to_phase}` : `${step.from_phase} → ${step.to_phase}`;
    const how = howItWent[step.kind];
    const run = step.gate_run_id === null ? "" : `, run ${step.gate_run_id}`;
    return `${step.transitioned_at}  ${move}${how} by ${step.actor}${run}${noted(step.gate_details)}`;
  });
}

function runLines({ runs }: Facts): string[] {
  return runs.flatMap(({ run, unmet }) => {
    const voided = run.voided_at === null ? "" : ", voided since";
    const head = `${run.transition}  ${run.verdict ?? run.state}${voided}  run ${run.id} at ${shortId(run.commit_sha)}`;
    const failed = unmet.map(({ check, message }) => `    FAIL ${check}: ${shorten(message)}`);
    return [`${head}${noted(run.reason)}`, ...failed];
  });
}

function reviewLines({ reviews }: Facts): string[] {
  return reviews.map((review) => {
    const why = review.state === "voided" ? ` (${review.void_reason ?? ""})` : "";
    const head = `${review.review_type}  ${review.result}  by ${review.reviewer}  ${review.state}${why}`;
    return `${head}${noted(review.notes)}`;
  });
}

function approvalLines({ approvals }: Facts): string[] {
  return approvals.map((one) => {
    const what = one.check === null ? one.transition : `${one.check} of ${one.transition}`;
    return `${one.kind} of ${what} by ${one.user} at ${one.created_at}${noted(one.reason)}`;
  });
}

/** The message of a check may quote pages of output; its log has them. */
function shorten(message: string): string {
  return message.length > 600 ? `${message.slice(0, 600)}…` : message;
}

function noted(text: string | null): string {
  return text === null || text === "" ? "" : `: ${text}`;
}
