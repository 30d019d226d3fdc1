import { needsWorktree } from "../../checks/next-step.ts";
import { trustCommand } from "../../checks/trust.ts";
import type { ReviewType } from "../../model/review.ts";
import { gitIn } from "../../model/shell-quote.ts";
import type { Task } from "../../model/task.ts";
import { endsOf } from "../../model/workflow.ts";
import { firstToDo } from "../../tasks/open-blockers.ts";
import { commitCommand, listFiles } from "../../worktree/uncommitted.ts";
import type { Situation } from "./situation.ts";

/** One thing to do, and the exact command where there is one. */
export interface Step {
  readonly what: string;
  readonly command: string | null;
}

const reviewers: Readonly<Record<ReviewType, string>> = {
  spec: "spec-reviewer",
  proposal: "proposal-reviewer",
  code: "reviewer",
  bugfix: "reviewer",
};

const relations = ["not_blocked", "subtasks_done"];

/** Everything that is left to do before the next phase, in order; the last step is the move itself. */
export function findSteps(situation: Situation, waitsFor: readonly Task[]): Step[] {
  const { task, subject, refusal, words } = situation;
  const { gate } = subject;
  const { to } = endsOf(gate.transition);
  const isMerge = gate.gate.movedBy === "merge";
  const move = isMerge
    ? step(`Merge it; the merge runs the gate and moves the task to ${to}`, `calm worktree merge ${task.id}`)
    : step(`Move it to ${to}`, `calm task transition ${task.id} ${to}`);
  if (!isMerge && !refusal) return [move];
  const work = isMerge || refusal?.code.startsWith("gate_") === true ? workSteps(situation) : [];
  const run = !isMerge && refusal?.code.startsWith("gate_") === true;
  const approves = gate.approval === "person" && (!words.approved || work.length > 0);
  const approval = step(
    "A person approves it; agents take other work meanwhile: calm task list --ready",
    `calm approve ${task.id} ${gate.transition}`,
  );
  return [
    ...relationSteps(situation, waitsFor),
    ...work,
    ...reviewSteps(situation),
    ...mergeSteps(situation),
    ...(run ? [runStep(situation)] : []),
    ...(approves ? [approval] : []),
    move,
  ];
}

/** Runs the gate; a second run beside one that is under way would only take its place. */
function runStep({ task, subject, underWay }: Situation): Step {
  const { transition } = subject.gate;
  if (underWay) {
    const where = `process ${underWay.pid} on ${underWay.host}`;
    return step(
      `Wait for gate run ${underWay.id}, which is under way (${where})`,
      `calm gate log ${underWay.id}`,
    );
  }
  return step("Run the gate", `calm gate check ${task.id} ${transition}`);
}

function step(what: string, command: string | null = null): Step {
  return { what, command };
}

/** The checks that stand in the way, among those named or all others. */
function failing({ checks, words }: Situation): Situation["checks"] {
  return checks.filter(({ check, state }) => state === "fails" && !words.overriddenChecks.has(check));
}

function relationSteps(situation: Situation, waitsFor: readonly Task[]): Step[] {
  const [failed] = failing(situation).filter(({ check }) => relations.includes(check));
  const first = firstToDo(waitsFor);
  if (!failed) return [];
  if (!first) return [step(failed.message)];
  const many = waitsFor.length === 1 ? "that task" : "those tasks";
  return [step(`Finish ${many} first, beginning with ${first.id} (${first.phase})`, `calm why ${first.id}`)];
}

/** What has to be written, mended and committed before the gate can be run. */
function workSteps(situation: Situation): Step[] {
  const { task, subject, folder, uncommitted, hidden } = situation;
  const missing = needsWorktree(task, subject.gate.gate);
  const steps = missing ? [step("Make its worktree", `calm worktree create ${task.id}`)] : [];
  const isCommand = (check: string): boolean =>
    subject.gate.checks.some((one) => one.check === check && one.kind === "command");
  const work = failing(situation)
    .filter(({ check }) => !relations.includes(check) && !check.endsWith("_reviews"))
    .map(({ check, message, run }) => {
      if (missing && check === "code_exists") return step("Write the code there");
      const log = run !== undefined && isCommand(check) ? `calm gate log ${run} ${check}` : null;
      return step(`${check}: ${firstLine(message)}`, log);
    });
  steps.push(...work);
  if (uncommitted.length > 0) {
    const files = listFiles(uncommitted.map((path) => ({ path })));
    steps.push(step(`Commit what is not committed: ${files}`, commitCommand(folder, hidden)));
  } else if (work.length > 0 && subject.gate.gate.anchor !== "default") {
    // Of the default branch nothing is mended here: what is red there is a bug of its own.
    steps.push(step("Commit that", commitCommand(folder)));
  }
  return [...steps, ...trustSteps(situation)];
}

function trustSteps({ task, subject, trusted }: Situation): Step[] {
  if (trusted || !subject.gate.checks.some(({ kind }) => kind === "command")) return [];
  const trust = trustCommand(subject.commands, task.id);
  return [
    step("Look at the repository's commands, which nobody has approved", `${trust} --show`),
    step("Approve exactly these", `${trust} --yes`),
  ];
}

function reviewSteps(situation: Situation): Step[] {
  const { reviewed } = situation;
  return failing(situation)
    .filter(({ check }) => check.endsWith("_reviews"))
    .flatMap(({ check, message }) => {
      const type = check.replace("_reviews", "") as ReviewType;
      const so = message.split(". Record one")[0] ?? message;
      return [
        step(`${so}: have it reviewed by another worker`, `calm worker start ${reviewed} ${reviewers[type]}`),
        step(
          "Record what that worker found: approved or changes_requested",
          `calm review record ${reviewed} ${type} approved --worker <id>`,
        ),
      ];
    });
}

function mergeSteps({ task, subject, folder, merge }: Situation): Step[] {
  const { branch } = subject.loaded;
  const { conflicts, guarded, lock } = merge;
  const steps: Step[] = [];
  if (conflicts.length > 0) {
    const files = listFiles(conflicts.map((path) => ({ path })));
    steps.push(step(`Resolve the conflicts with ${branch}: ${files}`, `${gitIn(folder)} merge ${branch}`));
  }
  if (guarded.length > 0) {
    const files = listFiles(guarded.map((path) => ({ path })));
    steps.push(
      step(`A person approves the change of guarded paths: ${files}`, `calm approve ${task.id} merge`),
    );
  }
  if (lock > 0) {
    const what = `Merging is locked (merge_lock is ${lock}); when the reason is gone, open it`;
    steps.push(step(what, "calm counter reset merge_lock"));
  }
  return steps;
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
