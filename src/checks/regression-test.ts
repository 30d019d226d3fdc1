import { isTestFile } from "../model/paths.ts";
import type { VerdictKey } from "../store/check-runs.ts";
import { type CheckResult, type CommandResult, fail, pass, type Subject } from "./check.ts";
import { type CommandDefinition, runsCommand } from "./command/definition.ts";
import { reuseVerdict } from "./reuse-verdict.ts";

/** The fix brings a test that fails without it: proven on the merge base with the changed test files laid over it. */
export async function regressionTest(subject: Subject): Promise<CheckResult> {
  const looked = await lookAtRegressionTest(subject);
  return "verdict" in looked ? looked : prove(subject, looked);
}

/** A proof that is still to be made: the merge base's tree with only the tests of the fix. */
interface OpenProof {
  readonly definition: CommandDefinition;
  readonly tests: string;
  readonly tree: string;
  readonly key: VerdictKey;
}

/** What is known of a regression test without running it: a verdict, or the proof that is missing. */
export async function lookAtRegressionTest(subject: Subject): Promise<CheckResult | OpenProof> {
  const { context, base, commit, loaded, runner } = subject;
  const git = await context.git();
  const changed = (await git.changedFiles(base, commit)).filter((change) => isTestFile(change.path));
  const paths = changed.filter((change) => change.status !== "deleted").map((change) => change.path);
  if (paths.length === 0)
    return fail(`No test file added or changed since ${loaded.branch}. Add one that fails without the fix`);
  const tests = paths.join(", ");
  const definition = runner.commands.checks.get("tests");
  if (!definition || !runsCommand(definition)) {
    return pass(`${tests} changed; not proven, because the tests check does not apply`);
  }
  if (!definition.proveRegression) return pass(`${tests} changed; not proven (prove_regression: false)`);
  const tree = await git.overlayTree(base, commit, paths);
  const ranOn = await runner.keyOf({ definition, room: "clean" }, { commit: base, tree });
  const key = { ...ranOn, definition: `regression ${ranOn.definition}` };
  const earlier = runner.noCache ? undefined : await reuseVerdict(await context.store(), key, "clean");
  return earlier ? pass(earlier.message, earlier.evidence) : { definition, tests, tree, key };
}

async function prove(subject: Subject, { definition, tests, tree, key }: OpenProof): Promise<CheckResult> {
  const { context, base, runner } = subject;
  const message = `calm: ${subject.task.id} with only its tests, to see them fail`;
  const overlay = await (await context.git()).writeCommit({ tree, parents: [base], message });
  const [ran] = await runner.run([{ definition, room: "clean", told: "tests without the fix", once: true }], {
    commit: overlay,
    tree,
  });
  if (!ran) throw new Error("the tests of the merge base gave no result");
  const evidence = { ...ran.evidence, ...key };
  if (isRed(ran)) return pass(`${tests} fail without the fix, as they must`, evidence);
  if (ran.verdict === "pass") {
    return fail(
      `${tests} pass without the fix, so they do not show the bug. Make them fail on the merge base`,
      evidence,
    );
  }
  return fail(`The tests could not be judged without the fix: ${ran.message}`, evidence);
}

/** Tests that ran and failed; a missing tool, a time-out or a broken setup proves nothing. */
function isRed(ran: CommandResult): boolean {
  if (ran.verdict !== "fail" || ran.evidence.exit_code === null || ran.evidence.exit_code === 0) return false;
  return ran.counts !== null && ran.counts.failed + ran.counts.errors > 0;
}
