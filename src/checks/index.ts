import type { BuiltinCheck } from "../model/workflow.ts";
import { changelogExists } from "./changelog-exists.ts";
import type { Check, CommitCheck, EarlyCheck } from "./check.ts";
import { codeExists } from "./code-exists.ts";
import {
  bugReport,
  fixPlan,
  ownProposalExists,
  ownSpecExists,
  proposalExists,
  rootCause,
  specExists,
} from "./documents.ts";
import { noConflictMarkers } from "./no-conflict-markers.ts";
import { noSkipped } from "./no-skipped.ts";
import { noTodos } from "./no-todos.ts";
import { regressionTest } from "./regression-test.ts";
import { mergeReachable, notBlocked, subtasksDone } from "./relations.ts";
import { reviewsCheck } from "./reviews.ts";

/** The checks that calm evaluates itself: all built-in ones but those that run a command of the project. */
export type OwnCheck = Exclude<BuiltinCheck, "tests" | "lint" | "types" | "tests_full">;

/** Those of them whose answer only commits decide: it is the same before, while and after the commands run. */
const commitChecks = {
  code_exists: codeExists,
  no_todos: noTodos,
  no_conflict_markers: noConflictMarkers,
  changelog_exists: changelogExists,
  bug_report: bugReport,
  root_cause: rootCause,
  fix_plan: fixPlan,
} satisfies Partial<Record<OwnCheck, CommitCheck>>;

/** Every check that calm evaluates itself; one that is missing here does not compile. */
export const checks: Readonly<Record<OwnCheck, Check>> = {
  ...commitChecks,
  spec_exists: specExists,
  spec_reviews: reviewsCheck("spec"),
  proposal_exists: proposalExists,
  proposal_reviews: reviewsCheck("proposal"),
  not_blocked: notBlocked,
  subtasks_done: subtasksDone,
  code_reviews: reviewsCheck("code"),
  merge_reachable: mergeReachable,
  regression_test: regressionTest,
  bugfix_reviews: reviewsCheck("bugfix"),
  no_skipped: noSkipped,
};

/** True for the name of a check that calm evaluates itself. */
export function isOwnCheck(name: string): name is OwnCheck {
  return Object.hasOwn(checks, name);
}

/** Those that can be answered before the commands have ended, at least for most tasks. */
const earlyChecks = {
  ...commitChecks,
  spec_exists: ownSpecExists,
  proposal_exists: ownProposalExists,
} satisfies Partial<Record<OwnCheck, EarlyCheck>>;

/** What answers the check of this name early, if anything does. */
export function earlyCheck(name: string): EarlyCheck | undefined {
  const known: Readonly<Record<string, EarlyCheck>> = earlyChecks;
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
