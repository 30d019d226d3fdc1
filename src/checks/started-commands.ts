import { runsCommand } from "./command/definition.ts";
import type { GateSubject } from "./gate-subject.ts";
import type { ResolvedGate } from "./resolve-gate.ts";
import type { CommitUnderTest } from "./run-gate.ts";

type Checks = Pick<ResolvedGate, "checks">;

/** Proves itself by running the tests elsewhere. */
const proven = "regression_test";

/** Whether a check runs a command of the project, directly or to prove something. */
export function startsCommands({ checks }: Checks): boolean {
  return checks.some((one) =>
    one.kind === "builtin"
      ? one.check === proven
      : one.definition !== undefined && runsCommand(one.definition),
  );
}

/** The commits at which checks run commands; the proof of a regression test runs those of the merge base. */
export function commitsOf({ gate }: Pick<GateSubject, "gate">, { commit, base }: CommitUnderTest): string[] {
  return gate.checks.some(({ check }) => check === proven) ? [commit, base] : [commit];
}
