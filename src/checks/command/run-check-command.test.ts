import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../system/command.fixture.ts";
import { roomOf, runCheck, runTests } from "./check-run.fixture.ts";
import { packageJson } from "./tree.fixture.ts";

const pass = "require('node:test').test('adds', () => {});\n";
const fail = "require('node:test').test('breaks', () => { throw new Error('no'); });\n";
const skip = "require('node:test').test.skip('later', () => {});\n";

function runNode(files: Readonly<Record<string, string>>, definition = {}) {
  return runTests("node --test", files, definition);
}

test("passing tests pass, counted, with their log", async () => {
  const evidence = await runNode({ "a.test.js": pass + pass, "b.test.js": pass + skip });
  expect(evidence).toMatchObject({
    verdict: "pass",
    message: "3 tests passed, 1 skipped",
    end: "exit",
    room: "worktree",
    argv: ["sh", "-c", "node --test"],
    exitCode: 0,
    signal: null,
    counts: { total: 4, passed: 3, failed: 0, errors: 0, skipped: 1 },
    failedTests: [],
  });
  const log = readFileSync(evidence.logPath, "utf8");
  expect(evidence.logBytes).toBe(Buffer.byteLength(log));
  expect(log).toMatch(/adds/);
});

test("a failing test and a file that cannot be loaded fail by name", async () => {
  const evidence = await runNode({ "a.test.js": pass + fail, "b.test.js": "test(" });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 1, counts: { passed: 1, failed: 2 } });
  const { failedTests, logPath, message } = evidence;
  const [breaks, file] = failedTests.map(({ name }) => name).sort((one) => (one === "breaks" ? -1 : 1));
  expect([breaks, file]).toEqual(["breaks", expect.stringMatching(/b\.test\.js$/)]);
  expect(message).toBe(
    `2 of 3 tests failed: ${failedTests.map(({ name }) => name).join(", ")}; log: ${logPath}`,
  );
  expect(failedTests.find(({ name }) => name === breaks)?.message).toMatch(/Error: no/);
});

test("through npm test, at the path of a room with a space", async () => {
  const files = { "package.json": packageJson({ test: "node --test" }), "a.test.js": pass };
  const evidence = await runCheck(files, { run: { kind: "argv", argv: ["npm", "test"] } });
  expect(evidence).toMatchObject({ verdict: "pass", argv: ["npm", "test"], counts: { passed: 1 } });
});

test("no test at all fails, although node exits 0", async () => {
  for (const files of [{ "README.md": "" }, { "empty.test.js": "", "a.test.js": skip }]) {
    const evidence = await runNode(files);
    expect(evidence).toMatchObject({ verdict: "fail", exitCode: 0 });
    expect(evidence.message).toMatch(/^0 tests ran, at least 1 must/);
  }
});

test("a crash that leaves half a report fails", async () => {
  const crash = `${pass}setTimeout(() => process.kill(process.ppid, 'SIGKILL'), 100); setTimeout(() => {}, 9999)`;
  const evidence = await runTests("exec node --test", { "a.test.js": crash });
  expect(evidence).toMatchObject({ verdict: "fail", counts: null });
  expect(evidence.message).toMatch(/was killed by SIGKILL/);
});

test("a command that hangs times out, a test that leaves a process is told", async () => {
  const timed = await runTests("sleep 60 & sleep 60", {}, { timeoutMs: 200 });
  expect(timed).toMatchObject({ verdict: "fail", end: "timeout" });
  expect(timed.message).toMatch(/was stopped after its timeout of 0.2 seconds/);
  const daemon = `${pass}require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();`;
  const left = await runNode({ "a.test.js": daemon });
  expect(left).toMatchObject({ verdict: "fail", end: "left_processes", exitCode: 0, counts: { passed: 1 } });
  expect(left.message).toMatch(/left processes behind, which calm has killed: sleep \(\d+\)/);
});

test("an abort interrupts", async () => {
  const stop = new AbortController();
  const running = runTests("sleep 60", {}, {}, { signal: stop.signal });
  await sleep(100);
  stop.abort();
  expect(await running).toMatchObject({ verdict: "fail", end: "interrupted" });
});

test("a missing tool fails, by name", async () => {
  const evidence = await runCheck({}, { run: { kind: "argv", argv: ["calm-no-such-tool"] } });
  expect(evidence).toMatchObject({ verdict: "fail", end: "not_found", exitCode: null });
  expect(evidence.message).toMatch(/^calm-no-such-tool was not found/);
  const inShell = await runTests("calm-no-such-tool", {});
  expect(inShell).toMatchObject({ verdict: "fail", exitCode: 127 });
});

test("exit 0 of an unknown runner is not enough, unless spelled out", async () => {
  expect(await runTests("true", {})).toMatchObject({ verdict: "fail", counts: null });
  expect(await runTests("true", {}, { minTests: 0 })).toMatchObject({ verdict: "pass", counts: null });
  expect(await runTests("true", {}, { isTests: false, check: "lint" })).toMatchObject({ verdict: "pass" });
  expect(await runTests("node --test || true", { "a.test.js": fail })).toMatchObject({
    verdict: "fail",
    counts: null,
  });
});

test("the checked commit says what a script starts, not the definition", async () => {
  const files = { "package.json": packageJson({ test: "exit 0" }), "a.test.js": pass };
  const evidence = await runTests("npm test", files, { runner: "node" });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 0, counts: null });
});

test("a configured report counts only when this run has written it", async () => {
  const report = { kind: "file", format: "junit", path: "out/*.xml" } as const;
  const files = {
    "out/old.xml": '<testsuite><testcase name="old"/></testsuite>',
    one: '<testsuite><testcase name="x"/></testsuite>',
  };
  const stale = await runTests("true", files, { report });
  expect(stale.message).toMatch(/report out\/\*\.xml was not written/);
  const fresh = await runTests("cp one out/one.xml", files, { report });
  expect(fresh).toMatchObject({ verdict: "pass", counts: { total: 1 } });
  const broken = await runTests("echo '<testsuite>' >out/one.xml", files, { report });
  expect(broken.message).toMatch(/cannot be counted: .*out\/one\.xml is no well-formed XML/);
});

test("the command sees its task and room, and nothing of the runner around it", async () => {
  const room = roomOf({});
  const changes = {
    room: { path: room, kind: "clean" },
    env: { ...env, GIT_DIR: "/x", CALM_HOME: "/y" },
  } as const;
  const evidence = await runTests("env; cat; pwd", {}, {}, changes);
  expect(evidence.room).toBe("clean");
  const log = readFileSync(evidence.logPath, "utf8").split("\n");
  expect(log).toEqual(expect.arrayContaining(["CALM_TASK=SPEC-001", `CALM_WORKTREE=${room}`, "CI=1", room]));
  expect(log.filter((line) => /^(GIT_DIR|CALM_HOME|VITEST|NODE_CHANNEL_FD)/.test(line))).toEqual([]);
});

test("a log that cannot be written is a Failure", async () => {
  const logPath = join(temporaryFolder(), "x");
  await expect(runTests("true", {}, {}, { logPath: `${logPath}/../../..` })).rejects.toMatchObject({
    code: "file_failed",
  });
});
