import type { Context } from "../context.ts";
import { Failure, type FailureCode } from "../failure.ts";
import type { GateRun } from "../model/gate-run.ts";
import { findDocument } from "../project/location.ts";
import { specPath } from "../model/paths.ts";
import { listApprovals } from "../store/approvals.ts";
import { findNewestRun } from "../store/gate-runs.ts";
import type { Reader } from "../store/store.ts";
import { anchorHolds } from "./anchor.ts";
import { askAgain, readReviewDemands, type ReviewDemand } from "./asked-again.ts";
import type { GateSubject } from "./gate-subject.ts";

/** What git says about a transition; read before the transaction that decides. */
export interface TransitionFacts {
  readonly subject: GateSubject;
  /** The newest run as it was when git was asked, and whether its anchor still holds. */
  readonly newest: GateRun | undefined;
  readonly holds: boolean;
  readonly reviews: readonly ReviewDemand[];
  /** The tasks whose approvals count: the task, and the parent whose documents stand in for its own. */
  readonly approvers: readonly string[];
}

/** Asks git for everything that a transition depends on. */
export async function readTransitionFacts(context: Context, subject: GateSubject): Promise<TransitionFacts> {
  const { task, gate, loaded, location, anchor } = subject;
  const newest = await findNewestRun(await context.store(), task.id, gate.transition);
  const { anchor: kind } = gate.gate;
  const document =
    kind === "spec" || kind === "design"
      ? await findDocument(context, task, specPath, location, loaded)
      : undefined;
  return {
    subject,
    newest,
    holds: newest !== undefined && (await anchorHolds(context, task, gate.gate, newest.anchor, anchor)),
    reviews: await readReviewDemands(context, subject),
    approvers: [...new Set([task.id, document?.owner ?? task.id])],
  };
}

/** What people have said of a transition's present content. */
export interface PeoplesWords {
  /** A person lets the whole gate count as met. */
  readonly overridden: boolean;
  readonly overriddenChecks: ReadonlySet<string>;
  readonly approved: boolean;
}

/** Reads what people have said that counts for a transition of the present content. */
export async function readPeoplesWords(store: Reader, facts: TransitionFacts): Promise<PeoplesWords> {
  const { task, gate, anchor } = facts.subject;
  const words = (await Promise.all(facts.approvers.map((id) => listApprovals(store, id)))).flat();
  // A parent's documents, reviews and approvals stand in for a subtask's own; its overrides do not.
  const here = words.filter(
    (one) =>
      one.transition === gate.transition &&
      one.content === anchor &&
      (one.kind === "approval" || one.task_id === task.id),
  );
  const overrides = here.filter((one) => one.kind === "override").map((one) => one.check);
  return {
    overridden: overrides.includes(null),
    overriddenChecks: new Set(overrides.filter((check) => check !== null)),
    approved: here.some((one) => one.kind === "approval"),
  };
}

/** Decides a transition within its transaction: gives the run it rests on (undefined = a person's override), or refuses. */
export async function decideTransition(tx: Reader, facts: TransitionFacts): Promise<GateRun | undefined> {
  const { task, gate } = facts.subject;
  const words = await readPeoplesWords(tx, facts);
  if (words.overridden) return undefined;
  const run = await requirePass(tx, facts);
  const asked = gate.checks.map(({ check }) => check).filter((check) => !words.overriddenChecks.has(check));
  await askAgain(tx, task, facts.reviews, asked);
  if (gate.approval === "person" && !words.approved) {
    throw new Failure("approval_missing", `${gate.transition} of ${task.id} waits for a person's approval`, {
      hint: `A person runs: calm approve ${task.id} ${gate.transition}. Meanwhile take other work: calm task list --ready`,
    });
  }
  return run;
}

/** The newest run, if it is a pass of the present content by the present definition. */
async function requirePass(tx: Reader, facts: TransitionFacts): Promise<GateRun> {
  const { task, gate, anchor } = facts.subject;
  const again = `calm gate check ${task.id} ${gate.transition}`;
  const hint = `Run it: ${again}`;
  const newest = await findNewestRun(tx, task.id, gate.transition);
  if (!newest) {
    throw new Failure("gate_not_run", `The gate ${gate.transition} of ${task.id} has not been run`, { hint });
  }
  const details = { run: newest.id, transition: gate.transition, ran: newest.anchor, present: anchor };
  const refuse = (code: FailureCode, message: string, how = hint): never => {
    throw new Failure(code, message, { hint: how, details });
  };
  if (newest.state !== "finished" || newest.verdict !== "pass") {
    const state = newest.state === "finished" ? (newest.verdict ?? "open") : newest.state;
    const message = `The newest run of ${gate.transition}, run ${newest.id}, is no pass: ${state}`;
    refuse("gate_failed", message, `See why: calm gate log ${newest.id}, then run it again: ${again}`);
  }
  if (newest.definition !== gate.definition) {
    refuse("gate_redefined", `The gate ${gate.transition} has another definition since run ${newest.id}`);
  }
  if (newest.id !== facts.newest?.id)
    refuse("lost_race", `Another run of ${gate.transition} ended just now`, "Try again");
  if (!facts.holds) {
    const [ran, present] = [shortAnchor(newest.anchor), shortAnchor(anchor)];
    refuse("gate_outdated", `Run ${newest.id} passed for ${ran}, but the content is now ${present}`);
  }
  return newest;
}

/** An anchor with its object ids cut to what people read. */
function shortAnchor(anchor: string): string {
  return anchor.replace(/^head:|^default:/, "commit ").replace(/[0-9a-f]{40,64}/g, (oid) => oid.slice(0, 7));
}
