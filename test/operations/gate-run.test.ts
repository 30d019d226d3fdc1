import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { must, operate, putInto, refused, runGate } from "../support/operate.ts";
import { begin, staysShut, storyConfig } from "../support/stories.ts";
import { createWorld, type World } from "../support/world.ts";

interface Apart {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly room: string | null;
}

async function apart(world: World, line: string, options = {}): Promise<readonly Apart[]> {
  return (await operate(world, `gate run ${line}`, options)).data["checks"] as readonly Apart[];
}

const rows = (world: World): unknown =>
  query(
    join(world.env["CALM_HOME"] ?? "", "metadata.db"),
    "select count(*) as n from gate_runs union all select count(*) from check_runs union all select count(*) from test_runs",
  );

test("a check is run apart: nothing is recorded, nothing is reused, and no gate opens", async () => {
  const config = storyConfig(
    'tests: { run: "echo run >> $RUNS; test ! -e red", min_tests: 0 }\nown: { run: "true" }',
  );
  const { world, tree } = await begin(config);
  const options = { env: { RUNS: join(world.folder, "runs") } };
  const before = rows(world);
  for (const passed of [true, true]) {
    const answer = await operate(world, "gate run SPEC-001 tests lint own no_todos", options);
    expect(answer.data).toMatchObject({ task: "SPEC-001", passed, uncommitted: [], change: null });
    expect((answer.data["checks"] as Apart[]).map(({ check, verdict }) => [check, verdict])).toEqual([
      ["tests", "pass"],
      ["lint", "not_applicable"],
      ["own", "pass"],
      ["no_todos", "pass"],
    ]);
  }
  world.write("red", "", tree);
  const [dirty] = await apart(world, "SPEC-001 tests", options);
  const [clean] = await apart(world, "SPEC-001 tests --room clean", options);
  expect([dirty, clean]).toMatchObject([
    { verdict: "fail", room: "worktree" },
    { verdict: "pass", room: "clean" },
  ]);
  expect(rows(world)).toEqual(before);
  await staysShut(world, "gate_not_run");
  world.git(["clean", "--quiet", "--force"], tree);
  // Not even a verdict to reuse.
  const { checks } = await runGate(world, "gate check SPEC-001", true, options);
  expect(checks["tests"]?.cached_from).toBeNull();
});

test("the task may be left out where it is clear, and a name that is none is refused", async () => {
  const { world, tree } = await begin(storyConfig('tests: { run: "true", min_tests: 0 }'));
  expect(await apart(world, "tests", { cwd: join(tree, "src") })).toMatchObject([{ verdict: "pass" }]);
  expect(await apart(world, "tests", { env: { CALM_TASK: "SPEC-001" } })).toHaveLength(1);
  await refused(world, "gate run tests", [2, "invalid_input", /No task is named/, "gate run <task> <check>"]);
  await refused(world, "gate run SPEC-001", [2, "invalid_input", /Name a check/, "code_exists"]);
  await refused(world, "gate run SPEC-001 test", [
    2,
    "unknown_check",
    /no check test/,
    "Did you mean tests?",
  ]);
  await refused(world, "gate run SPEC-01 tests", [3, "task_not_found", /SPEC-01/, "Did you mean SPEC-001?"]);
  // A feature's gates do not ask for a bug's report.
  await refused(world, "gate run SPEC-001 bug_report", [2, "unknown_check", /bug_report/, "The checks:"]);
});

test("the whole name runs all parts, no_skipped brings its tests along, and DONE tasks may look too", async () => {
  const report = "report: { format: junit, path: r.xml }";
  const make = JSON.stringify(`echo '<testsuite><testcase name="a"/></testsuite>' > r.xml`);
  const config = storyConfig(
    `"tests:web": { run: "true", min_tests: 0 }
     "tests:api": { run: "false", min_tests: 0 }
     tests_full: { run: ${make}, ${report} }`,
  ).replace("  tests: { none", "  unused: { none");
  const { world } = await begin(config, { ".gitignore": "r.xml\n" });
  const parts = await apart(world, "SPEC-001 tests");
  expect(parts.map(({ check, verdict }) => [check, verdict])).toEqual([
    ["tests:web", "pass"],
    ["tests:api", "fail"],
  ]);
  expect(await apart(world, "SPEC-001 tests:web")).toHaveLength(1);
  await must(world, "task create BUG-001 Crash --type bug");
  await must(world, "worktree create BUG-001");
  expect(await apart(world, "BUG-001 no_skipped")).toMatchObject([
    { check: "tests_full", verdict: "pass", room: "clean" },
    { check: "no_skipped", verdict: "pass" },
  ]);
  putInto(world, "SPEC-001", "DONE");
  expect(await apart(world, "SPEC-001 tests:web")).toMatchObject([{ verdict: "pass" }]);
});

test("a lock file that is not committed is not installed in its commit's name", async () => {
  const config = storyConfig(
    'tests: { run: "cat installed", min_tests: 0 }',
    'setup: ["cp uv.lock installed"]',
  );
  const { world, tree } = await begin(config, { "uv.lock": "one\n", ".gitignore": "installed\n" });
  world.write("uv.lock", "two\n", tree);
  const looked = await operate(world, "gate run SPEC-001 tests");
  expect(looked.warnings.join()).toContain("uv.lock not committed, so not installed by calm: cp uv.lock");
  expect(looked.exitCode).toBe(1);
  world.git(["checkout", "--quiet", "--", "uv.lock"], tree);
  await runGate(world, "gate check SPEC-001", true);
});

test("commands are run apart only with approval; a check that runs none needs none", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  await refused(world, "gate run SPEC-001 tests", [
    4,
    "untrusted_commands",
    /npm run test/,
    "calm trust --show",
  ]);
  expect(await apart(world, "SPEC-001 no_todos")).toMatchObject([{ verdict: "pass" }]);
});

test("a script that is not committed is asked for, too, and approving the commit is not approving it", async () => {
  const scripts = (own: string) => `${JSON.stringify({ name: "x", scripts: { own } })}\n`;
  const { world, tree } = await begin(storyConfig('own: { run: "npm run own" }'));
  world.commit({ "package.json": scripts("true") }, "scripts", tree);
  await must(world, "trust SPEC-001 --yes");
  expect(await apart(world, "SPEC-001 own")).toMatchObject([{ verdict: "pass" }]);
  const ran = join(world.folder, "ran");
  world.write("package.json", scripts(`touch ${ran}`), tree);
  const asked = /own: npm run own {2}\(touch /;
  const hint = /^They are not committed; .* calm trust SPEC-001 --yes$/;
  await refused(world, "gate run SPEC-001 own", [4, "untrusted_commands", asked, hint]);
  expect(existsSync(ran)).toBe(false);
  // What lies there does not matter to a clean room; what starts nothing else is no new command.
  expect(await apart(world, "SPEC-001 own --room clean")).toMatchObject([{ verdict: "pass" }]);
  world.git(["checkout", "--quiet", "."], tree);
  world.write("other", "", tree);
  expect(await apart(world, "SPEC-001 own")).toMatchObject([{ verdict: "pass" }]);
});
