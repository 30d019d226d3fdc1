import { shellQuote } from "../model/shell-quote.ts";
import { requiredReviews } from "../checks/required-reviews.ts";
import { changelogPath } from "../model/paths.ts";
import type { ReviewType } from "../model/review.ts";
import type { Task } from "../model/task.ts";
import { reviewingRoles } from "../model/worker.ts";
import { endsOf, gateOf, type Transition } from "../model/workflow.ts";
import { plural } from "../text/plural.ts";
import { goTo } from "./environment.ts";
import type { Facts } from "./gather.ts";

/** Commands that belong together, and what they are for. */
export interface Step {
  readonly why: string;
  readonly commands: readonly string[];
}

/** What a worker of this role does before this transition: review, land, or do the work and pass the gate. */
export function workSteps(facts: Facts, transition: Transition): Step[] {
  const { role } = facts;
  const { movedBy, reviews } = gateOf(transition);
  // The full tests are qa's to run, where no review is asked for.
  if (role === "qa" && !reviews && movedBy === "transition") return passGate(facts, transition);
  if (reviewingRoles.includes(role)) return review(facts, reviewTypeOf(facts, transition));
  return movedBy === "merge" ? land(facts, transition) : build(facts, transition);
}

/** What a reviewer of this role looks at now. */
export function reviewTypeOf(
  { task, role }: Pick<Facts, "task" | "role">,
  transition: Transition | undefined,
): ReviewType {
  if (role === "spec-reviewer") return "spec";
  if (role === "proposal-reviewer") return "proposal";
  const asked = transition && gateOf(transition).reviews?.type;
  return asked ?? (task.type === "bug" ? "bugfix" : "code");
}

function review(facts: Facts, type: ReviewType): Step[] {
  const { task, worker, loaded } = facts;
  const by = worker?.status === "active" ? worker.id : "$CALM_WORKER";
  const record = (result: string, notes: string): string =>
    `calm review record ${task.id} ${type} ${result} --worker ${by} --notes "${notes}"`;
  // A document stands above, or the command that shows it; it may be that of the parent.
  const code = type === "code" || type === "bugfix" ? [`git diff ${shellQuote(loaded.branch)}...HEAD`] : [];
  return [
    {
      why: "See what was said before, then read the content itself",
      commands: [`calm review list ${task.id} ${type}`, ...code],
    },
    {
      why: "Record one of the two verdicts",
      commands: [
        record("approved", "<what you traced and ran>"),
        record("changes_requested", "<file:line, what is wrong, what would be right>"),
      ],
    },
    { why: "See whether the gate has its reviews", commands: [`calm review check ${task.id} ${type}`] },
  ];
}

/** What the author of the work does: the work itself, the commit, and then the gate. */
function build(facts: Facts, transition: Transition): Step[] {
  const { task } = facts;
  const { anchor, reviews } = gateOf(transition);
  const work = {
    why: "Do what your role says, then commit: only committed work counts",
    commands: commitAll(task),
  };
  const edited = anchor !== "default" && anchor !== "none";
  return [
    ...seeWhyRed(facts, transition),
    ...(edited ? [work] : []),
    ...(reviews ? [awaitReviews(facts, reviews.type)] : []),
    ...passGate(facts, transition),
  ];
}

function seeWhyRed({ runs }: Facts, transition: Transition): Step[] {
  const newest = runs.find(({ run }) => run.transition === transition)?.run;
  if (newest?.verdict !== "fail") return [];
  return [{ why: "The newest run of the gate is red: see why", commands: [`calm gate log ${newest.id}`] }];
}

function commitAll({ id }: Task): string[] {
  return ["git add --all", `git commit --message "${id}: <what and why>"`];
}

function awaitReviews({ task, loaded }: Facts, type: ReviewType): Step {
  const count = plural(requiredReviews(loaded.config, task.type, type), `${type} approval`);
  return {
    why: `The gate wants ${count} of workers in a reviewing role, never of yourself or of one that you started`,
    commands: [`calm review check ${task.id} ${type}`],
  };
}

function passGate(facts: Facts, transition: Transition): Step[] {
  const { task, loaded, approved } = facts;
  const approval = loaded.config.gates[transition]?.approval ?? gateOf(transition).approval;
  const command = `calm approve ${task.id} ${transition}`;
  const person = {
    why: `A person approves, at a terminal; report this line to them, and take other work meanwhile: ${command}`,
    commands: ["calm task list --ready"],
  };
  return [
    {
      why: "Run the gate; when it is red, read the log that it names, repair, commit, run it again",
      commands: [`calm gate check ${task.id} ${transition}`],
    },
    ...(approval === "person" && !approved ? [person] : []),
    {
      why: "Move on; this reads the record of the gate",
      commands: [`calm task transition ${task.id} ${endsOf(transition).to}`],
    },
  ];
}

function land(facts: Facts, transition: Transition): Step[] {
  const { task, project } = facts;
  const entry = {
    why: `Commit the changelog entry ${changelogPath(task.id)}, unless it is there`,
    commands: commitAll(task),
  };
  return [
    entry,
    {
      why: "Check the would-be merge without merging",
      commands: [`calm gate check ${task.id} ${transition}`],
    },
    {
      why: "Land it, from outside of the worktree",
      commands: [goTo(project.root), `calm worktree merge ${task.id}`],
    },
  ];
}
