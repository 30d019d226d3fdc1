import { belongsToTests, isTestFile } from "../model/paths.ts";
import { type CheckResult, fail, pass, type Subject } from "./check.ts";
import { partsOf, runsCommand } from "./command/definition.ts";
import { foldersOf } from "./command-scripts.ts";
import { setupOf } from "./command/setup.ts";
import { type OpenProof, type ProofPart, proveRegression } from "./prove-regression.ts";
import { reuseVerdict } from "./reuse-verdict.ts";
import { type ChangedTests, partsOfTests } from "./test-parts.ts";
import { treeReader } from "./tree-reader.ts";

/** The fix brings a test that fails without it: proven on the merge base with the changed test files laid over it. */
export async function regressionTest(subject: Subject): Promise<CheckResult> {
  const looked = await lookAtRegressionTest(subject);
  return "verdict" in looked ? looked : proveRegression(subject, looked);
}

/** What is known of a regression test without running it: a verdict, or the proof that is missing. */
export async function lookAtRegressionTest(subject: Subject): Promise<CheckResult | OpenProof> {
  const { context, base, commit, loaded, runner } = subject;
  const git = await context.git();
  const changed = (await git.changedFiles(base, commit)).filter((change) => belongsToTests(change.path));
  const paths = changed
    .filter((change) => change.status !== "deleted" && isTestFile(change.path))
    .map((change) => change.path);
  if (paths.length === 0)
    return fail(`No test file added or changed since ${loaded.branch}. Add one that fails without the fix`);
  const tests = paths.join(", ");
  const parts = partsOf(runner.commands.checks, "tests").filter(runsCommand);
  if (parts.length === 0) return pass(`${tests} changed; not proven, because the tests check does not apply`);
  const owners = partsOfTests(parts, paths);
  if (owners.length === 0) return fail(`${tests} changed, but no part of the tests runs there`);
  const proving = owners.filter(({ definition }) => definition.proveRegression);
  if (proving.length === 0) return pass(`${tests} changed; not proven (prove_regression: false)`);
  // What the fix deletes of the tests must not be there either: a renamed file would hold every test twice.
  const tree = await git.overlayTree(
    base,
    commit,
    changed.map((change) => change.path),
  );
  return lookForProof(subject, proving, tree);
}

async function lookForProof(
  subject: Subject,
  changed: readonly ChangedTests[],
  tree: string,
): Promise<CheckResult | OpenProof> {
  const { context, base, loaded } = subject;
  const commands = subject.runner.commands.checks;
  const git = await context.git();
  // The merge base is set up by its own lock files.
  const runner = subject.runner.withSetup(
    await setupOf(loaded.config, treeReader(git, base), foldersOf(commands)),
  );
  const baseTree = await git.treeOf(base);
  const parts: ProofPart[] = [];
  for (const { definition, paths } of changed) {
    // A test that fails only now and then is no proof, however often it is run again.
    const once = { ...definition, retries: 0 };
    const ranOn = await runner.keyOf({ definition: once, room: "clean" }, { commit: base, tree });
    const key = { ...ranOn, definition: `regression ${ranOn.definition} ${baseTree}` };
    const earlier = runner.noCache ? undefined : await reuseVerdict(await context.store(), key, "clean");
    if (earlier) return pass(earlier.message, earlier.evidence);
    parts.push({ definition: once, tests: paths.join(", "), key });
  }
  return { runner, parts, tree, baseTree, tests: parts.map(({ tests }) => tests).join(", ") };
}
