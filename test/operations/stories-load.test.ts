import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, mustByPerson, putInto, runGate } from "../support/operate.ts";
import { begin, junitLine, junitReport, staysShut, storyConfig } from "../support/stories.ts";

// Stories of commands that hang, that are left behind, that load the machine and drown their own verdict.

const check = "gate check SPEC-001";

/** Whether any process on the machine has this text among its arguments. */
function isRunning(text: string): boolean {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(text);
}

test.concurrent("B21 tests that hang after their last line are stopped, and their report is no pass", async () => {
  const hang = `${junitLine("pp")}; echo 2 passed; node -e 'setInterval(() => {}, 1000)' hang-21`;
  const config = storyConfig(`tests: { run: ${JSON.stringify(hang)}, ${junitReport}, timeout: 1s }`);
  const { world } = await begin(config, { ".gitignore": "report.xml\n" });
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]?.message).toContain("was stopped after its timeout of 1 seconds");
  expect(isRunning("hang-21")).toBe(false);
  await staysShut(world);
});

test.concurrent("B22 a command that reads standard input finds its end at once", async () => {
  const config = storyConfig(
    'tests: { run: "cat", min_tests: 0, timeout: 20s }\nlint: { run: "read line; test -z \\"$line\\"", timeout: 20s }',
  );
  const { world } = await begin(config);
  // One that waits for more is red by its time limit.
  await runGate(world, check, true);
});

test.concurrent("B23 what a command leaves running is ended and told, and is no pass", async () => {
  const left = "(setsid sleep 3123.7 >/dev/null 2>&1 &) ; sleep 3123.8 & exit 0";
  const { world } = await begin(storyConfig(`tests: { run: ${JSON.stringify(left)}, min_tests: 0 }`));
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]?.message).toContain("left processes behind, which calm has killed");
  expect([isRunning("sleep 3123.7"), isRunning("sleep 3123.8")]).toEqual([false, false]);
  await staysShut(world);
});

test.concurrent("B24 each command has a timeout, the project can set it, and a failure names it", async () => {
  const config = (timeout: string): string =>
    storyConfig(`tests: { run: "sleep 1.5", min_tests: 0${timeout} }`);
  const { world } = await begin(config(", timeout: 1s"));
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]?.message).toContain("timeout of 1 seconds");
  world.commit({ ".calm/config.yaml": config("") }, "the usual 20 minutes");
  await runGate(world, check, true);
});

test.concurrent("B26 a suite that two checks of a gate ask for runs once, and once for each tree", async () => {
  const config = storyConfig('tests: { run: "echo run >> $RUNS", min_tests: 0 }');
  const { world, tree } = await begin(config);
  const runs = join(world.folder, "runs");
  const count = (): number => readFileSync(runs, "utf8").split("\n").length - 1;
  const options = { env: { RUNS: runs } };
  putInto(world, "SPEC-001", "TEST");
  const { checks } = await runGate(world, check, true, options);
  expect(checks["tests"]?.message).toContain("(run once, as tests_full)");
  expect([checks["tests"]?.room, checks["tests_full"]?.room, count()]).toEqual(["clean", "clean", 1]);
  const again = await runGate(world, check, true, options);
  expect(again.checks["tests_full"]?.message).toContain("cached from run 1");
  expect(count()).toBe(1);
  world.commit({ "src/more.js": "1\n" }, "another tree", tree);
  await runGate(world, check, true, options);
  await runGate(world, `${check} --no-cache`, true, options);
  expect(count()).toBe(3);
});

test.concurrent("a run that two checks share is as red or as flaky for both, and is overridden for each by its name", async () => {
  const run = "echo of the run; test -e $FLAKY && { test -e $AGAIN || { touch $AGAIN; exit 1; }; }";
  const config = storyConfig(`tests: { run: ${JSON.stringify(run)}, min_tests: 0, retries: 1 }`);
  const { world } = await begin(config);
  const env = { FLAKY: join(world.folder, "none"), AGAIN: join(world.folder, "again") };
  putInto(world, "SPEC-001", "TEST");
  const red = await runGate(world, check, false, { env });
  const { tests, tests_full: full } = red.checks;
  expect([tests?.verdict, full?.verdict]).toEqual(["fail", "fail"]);
  expect(tests?.message).toMatch(/^.* \(run once, as tests_full\)\nof the run$/);
  await mustByPerson(world, "task override SPEC-001 TEST-INTEGRATE --check tests --reason known", "SPEC-001");
  const half = await runGate(world, check, false, { env });
  expect([half.checks["tests"]?.verdict, half.checks["tests_full"]?.verdict]).toEqual(["overridden", "fail"]);
  world.write("flaky", "", world.folder);
  const flaky = { env: { ...env, FLAKY: join(world.folder, "flaky") } };
  const chance = await runGate(world, check, true, flaky);
  expect([chance.checks["tests"]?.verdict, chance.checks["tests_full"]?.verdict]).toEqual(["flaky", "flaky"]);
  // Neither of the two is ever reused.
  const plain = await runGate(world, check, true, flaky);
  expect(plain.checks["tests_full"]).toMatchObject({ verdict: "pass", cached_from: null });
});

test.concurrent("B27 a hundred thousand lines cut neither the verdict nor the log, and progress is told", async () => {
  const much = "seq 1 100000; echo the reason; exit 1";
  const { world } = await begin(storyConfig(`tests: { run: ${JSON.stringify(much)}, min_tests: 0 }`));
  const { checks, run } = await runGate(world, check, false);
  expect(checks["tests"]?.message).toMatch(/ended with exit code 1.*the reason$/s);
  expect(checks["tests"]?.message.length).toBeLessThan(2000);
  expect(readFileSync(checks["tests"]?.log_path ?? "", "utf8").split("\n")).toHaveLength(100_002);
  const log = await must(world, `gate log ${run} tests`);
  expect(log["output"]).toMatch(/^1\n2\n.*99999\n100000\nthe reason\n$/s);
  const { err, out } = await world.calm(["gate", "check", "SPEC-001"]);
  expect(err).toContain("tests (worktree): seq 1 100000");
  expect(out).toContain("GATE FAILED");
  await staysShut(world);
});
