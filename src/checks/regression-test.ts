import { isTestFile } from "../model/paths.ts";
import { type CheckResult, type CommandResult, fail, pass, type Subject } from "./check.ts";
import { type CommandDefinition, runsCommand } from "./command/definition.ts";
import { reuseVerdict } from "./reuse-verdict.ts";

/** The fix brings a test that fails without it: proven on the merge base with the changed test files laid over it. */
export async function regressionTest(subject: Subject): Promise<CheckResult> {
  const { context, base, commit, loaded } = subject;
  const git = await context.git();
  const changed = (await git.changedFiles(base, commit)).filter((change) => isTestFile(change.path));
  const tests = changed.filter((change) => change.status !== "deleted").map((change) => change.path);
  if (tests.length === 0)
    return fail(`No test file added or changed since ${loaded.branch}. Add one that fails without the fix`);
  const definition = subject.runner.commands.checks.get("tests");
  if (!definition || !runsCommand(definition)) {
    return pass(`${tests.join(", ")} changed; not proven, because the tests check does not apply`);
  }
  if (!definition.proveRegression)
    return pass(`${tests.join(", ")} changed; not proven (prove_regression: false)`);
  return prove(subject, definition, tests);
}

async function prove(
  subject: Subject,
  definition: CommandDefinition,
  tests: readonly string[],
): Promise<CheckResult> {
  const { context, base, commit, runner } = subject;
  const git = await context.git();
  const tree = await git.overlayTree(base, commit, tests);
  const job = { definition, room: "clean" } as const;
  const ranOn = await runner.keyOf(job, { commit: base, tree });
  const key = { ...ranOn, definition: `regression ${ranOn.definition}` };
  const earlier = runner.noCache ? undefined : await reuseVerdict(await context.store(), key, "clean");
  if (earlier) return pass(earlier.message, earlier.evidence);
  const message = `calm: ${subject.task.id} with only its tests, to see them fail`;
  const overlay = await git.writeCommit({ tree, parents: [base], message });
  const [ran] = await runner.run([job], { commit: overlay, tree });
  if (!ran) throw new Error("the tests of the merge base gave no result");
  const evidence = { ...ran.evidence, ...key };
  const names = tests.join(", ");
  if (isRed(ran)) return pass(`${names} fail without the fix, as they must`, evidence);
  if (ran.verdict === "pass") {
    return fail(
      `${names} pass without the fix, so they do not show the bug. Make them fail on the merge base`,
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
