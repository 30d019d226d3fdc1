import { Failure } from "../failure.ts";
import { reviewingRoles } from "../model/worker.ts";
import { gateOf, hasLanded, type Transition } from "../model/workflow.ts";
import { goTo, worktreeOf } from "./environment.ts";
import type { Facts } from "./gather.ts";
import type { Section } from "./section.ts";
import { type Step, workSteps } from "./work-steps.ts";

/** The exact commands of this worker, in their order. */
export function nextCommandsSection(facts: Facts): Section {
  const lines = stepsOf(facts).flatMap(({ why, commands }, index) => [`# ${index + 1}. ${why}`, ...commands]);
  const text = [
    "# Next Commands",
    "In this order. Words in `<…>` are yours to write.",
    ["```sh", ...lines, "```"].join("\n"),
  ].join("\n\n");
  return { name: "next", parts: [{ kind: "fixed", text }] };
}

function stepsOf(facts: Facts): Step[] {
  const { task, transition, worker } = facts;
  if (transition === undefined) {
    const end = worker?.status === "active" ? [finish(facts)] : [];
    return [...end, { why: `${task.id} is DONE; take other work`, commands: ["calm task list --ready"] }];
  }
  const before = [beWorker(facts), ...waitFor(facts, transition), goThere(facts)];
  return [...before, ...workSteps(facts, transition), finish(facts)];
}

function beWorker({ task, role, worker }: Facts): Step {
  if (worker?.status === "active") {
    const commands = [`export CALM_WORKER=${worker.id}`];
    return { why: "Act as this worker, in every shell you open", commands };
  }
  if (worker?.status === "stale") {
    const commands = [`calm worker resume ${worker.id}`, `export CALM_WORKER=${worker.id}`];
    return { why: `${worker.id} was silent for too long: take it up again`, commands };
  }
  const ended = worker ? `${worker.id} is ${worker.status}. ` : "";
  // One that has ended may start nobody.
  const start = `${worker ? "CALM_WORKER= " : ""}calm worker start ${task.id} ${role}`;
  const commands = [`export CALM_WORKER=$(${start})`];
  return { why: `${ended}Start a worker and act as it`, commands };
}

/** What must happen first, and what to do meanwhile. */
function waitFor({ task, openBlockers }: Facts, transition: Transition): Step[] {
  if (openBlockers.length === 0 || !gateOf(transition).checks.includes("not_blocked")) return [];
  const blockers = openBlockers.join(", ");
  const why = `Blocked by ${blockers}: ${transition} cannot pass before that is DONE; other work meanwhile`;
  return [{ why, commands: [`calm task show ${openBlockers[0] ?? task.id}`, "calm task list --ready"] }];
}

function goThere(facts: Facts): Step {
  const { task, role, project, loaded, location } = facts;
  const toMain = [goTo(project.root)];
  if (hasLanded(task)) return { why: "The code has landed: look at the main checkout", commands: toMain };
  if (location instanceof Failure) {
    const why = "Put the worktree right first, as Working Environment says";
    return { why, commands: [`calm task show ${task.id}`] };
  }
  const there = goTo(worktreeOf(facts));
  if (task.worktree_path !== null) return { why: "Go to the worktree", commands: [there] };
  if (reviewingRoles.includes(role)) {
    return { why: `There is no worktree: what counts is on ${loaded.branch}`, commands: toMain };
  }
  return { why: "Make the worktree and go there", commands: [`calm worktree create ${task.id}`, there] };
}

function finish({ worker }: Facts): Step {
  const id = worker?.status === "active" ? worker.id : "$CALM_WORKER";
  return {
    why: "End with one of these, and report",
    commands: [`calm worker complete ${id}`, `calm worker fail ${id} --reason "<what stopped you>"`],
  };
}
