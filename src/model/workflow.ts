import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { closest } from "./closest.ts";
import type { ReviewType } from "./review.ts";

/** The two kinds of task. */
export const TaskType = z.enum(["feature", "bug"]);
export type TaskType = z.output<typeof TaskType>;

/** The phases of each task type in workflow order. */
export const phases = {
  feature: ["SPEC", "DESIGN", "IMPLEMENT", "CODE_REVIEW", "TEST", "INTEGRATE", "VERIFY", "DONE"],
  bug: ["REPORTED", "INVESTIGATED", "FIXED", "REVIEWED", "TESTED", "MERGED", "DONE"],
} as const satisfies Record<TaskType, readonly string[]>;

/** Every phase, features' first, in workflow order. */
export const allPhases: readonly string[] = [...new Set<string>([...phases.feature, ...phases.bug])];

/** The checks that calm brings along; a project may add command checks of its own. */
export const builtinChecks = [
  "spec_exists",
  "spec_reviews",
  "proposal_exists",
  "proposal_reviews",
  "not_blocked",
  "subtasks_done",
  "code_exists",
  "tests",
  "lint",
  "types",
  "no_todos",
  "no_conflict_markers",
  "code_reviews",
  "tests_full",
  "changelog_exists",
  "merge_reachable",
  "bug_report",
  "root_cause",
  "fix_plan",
  "regression_test",
  "bugfix_reviews",
  "no_skipped",
] as const;
export type BuiltinCheck = (typeof builtinChecks)[number];

/** What a verdict belongs to: blobs of documents, a commit, the merge result, or the default branch. */
export type AnchorKind = "spec" | "design" | "report" | "none" | "head" | "candidate" | "default";

/** One row of the table in SPEC section 5. */
export interface Gate {
  readonly type: TaskType;
  readonly checks: readonly BuiltinCheck[];
  readonly reviews?: { readonly type: ReviewType; readonly count: number };
  readonly approval: "person" | "none";
  readonly anchor: AnchorKind;
  readonly movedBy: "transition" | "merge";
}

const code = ["tests", "lint", "types", "no_todos", "no_conflict_markers"] as const;
const fix = ["tests", "lint", "types", "no_conflict_markers"] as const;
const byTransition = { approval: "none", movedBy: "transition" } as const;
const byMerge = { approval: "none", movedBy: "merge" } as const;

/** The transitions and what each demands: the whole workflow, as data. */
export const gates = {
  "SPEC-DESIGN": {
    ...byTransition,
    type: "feature",
    checks: ["spec_exists", "spec_reviews"],
    reviews: { type: "spec", count: 2 },
    approval: "person",
    anchor: "spec",
  },
  "DESIGN-IMPLEMENT": {
    ...byTransition,
    type: "feature",
    checks: ["proposal_exists", "proposal_reviews", "not_blocked"],
    reviews: { type: "proposal", count: 2 },
    approval: "person",
    anchor: "design",
  },
  "DESIGN-DONE": { ...byTransition, type: "feature", checks: ["subtasks_done"], anchor: "none" },
  "IMPLEMENT-CODE_REVIEW": {
    ...byTransition,
    type: "feature",
    checks: ["code_exists", ...code],
    anchor: "head",
  },
  "CODE_REVIEW-TEST": {
    ...byTransition,
    type: "feature",
    checks: ["code_exists", ...code, "code_reviews"],
    reviews: { type: "code", count: 2 },
    anchor: "head",
  },
  "TEST-INTEGRATE": {
    ...byTransition,
    type: "feature",
    checks: ["code_exists", ...code, "tests_full"],
    anchor: "head",
  },
  "INTEGRATE-VERIFY": {
    ...byMerge,
    type: "feature",
    checks: ["changelog_exists", "code_exists", ...code, "code_reviews"],
    reviews: { type: "code", count: 2 },
    anchor: "candidate",
  },
  "VERIFY-DONE": {
    ...byTransition,
    type: "feature",
    checks: ["merge_reachable", "tests_full"],
    anchor: "default",
  },
  "REPORTED-INVESTIGATED": {
    ...byTransition,
    type: "bug",
    checks: ["bug_report", "root_cause", "fix_plan"],
    anchor: "report",
  },
  "INVESTIGATED-FIXED": {
    ...byTransition,
    type: "bug",
    checks: ["not_blocked", "code_exists", ...fix, "regression_test"],
    anchor: "head",
  },
  "FIXED-REVIEWED": {
    ...byTransition,
    type: "bug",
    checks: ["code_exists", ...fix, "regression_test", "bugfix_reviews"],
    reviews: { type: "bugfix", count: 2 },
    anchor: "head",
  },
  "REVIEWED-TESTED": {
    ...byTransition,
    type: "bug",
    checks: ["code_exists", ...fix, "regression_test", "tests_full", "no_skipped"],
    anchor: "head",
  },
  "TESTED-MERGED": {
    ...byMerge,
    type: "bug",
    checks: ["changelog_exists", "code_exists", ...fix, "regression_test", "bugfix_reviews"],
    reviews: { type: "bugfix", count: 2 },
    anchor: "candidate",
  },
  // A merge of calm's goes on to DONE at once; only a bug that was taken over can rest in MERGED.
  "MERGED-DONE": {
    ...byTransition,
    type: "bug",
    checks: ["merge_reachable", "tests_full"],
    anchor: "default",
  },
} as const satisfies Record<string, Gate>;

/** The name of a transition, `FROM-TO`. */
export type Transition = keyof typeof gates;

/** Every transition in workflow order. */
export const transitions = Object.keys(gates) as Transition[];

/** The row of the workflow table for a transition. */
export function gateOf(transition: Transition): Gate {
  return gates[transition];
}

/** The two phases that a transition joins. */
export function endsOf(transition: Transition): { from: string; to: string } {
  const [from = "", to = ""] = transition.split("-");
  return { from, to };
}

/** The transitions out of a phase, the usual one first. */
export function transitionsFrom(type: TaskType, phase: string): Transition[] {
  return transitions.filter((name) => gateOf(name).type === type && endsOf(name).from === phase);
}

/** The transition that a text names for this task type; a usage Failure otherwise. */
export function parseTransition(text: string, type: TaskType): Transition {
  const known = transitions.filter((name) => gateOf(name).type === type);
  const found = known.find((name) => name === text.toUpperCase());
  if (found) return found;
  const near = closest(text.toUpperCase(), known);
  throw new Failure("unknown_transition", `Unknown transition for a ${type}: ${text}`, {
    hint: near ? `Did you mean ${near}? All: calm gate list` : "See them all: calm gate list",
    details: { known },
  });
}

/** Where a phase stands in its workflow; -1 when the type has no such phase. */
export function phaseIndex(type: TaskType, phase: string): number {
  return phases[type].findIndex((name) => name === phase);
}

/** Whether the code of a task in this phase is on the default branch. */
export function hasLanded({ phase }: { readonly phase: string }): boolean {
  return ["VERIFY", "MERGED", "DONE"].includes(phase);
}
