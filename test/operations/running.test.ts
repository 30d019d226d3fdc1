import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ownIdentity } from "../../src/system/process-identity.ts";
import { must, runGate } from "../support/operate.ts";
import {
  heldRows,
  mostAtOnce,
  nothingHeld,
  notebook,
  rows,
  runningWorld,
  taskIn,
} from "../support/running.ts";
import type { Ran } from "../support/world.ts";

const slow = (name: string, seconds = 0.3): string =>
  `{ run: 'echo start >>"$${name}"; sleep ${seconds}; echo end >>"$${name}"', min_tests: 0 }`;

test("no more commands run at once than the machine has slots, and who waits is told", async () => {
  const config = "gates:\n  IMPLEMENT-CODE_REVIEW: { add: [one, two] }\n";
  const checks = { tests: slow("NOTES"), one: slow("NOTES", 0.2), two: slow("NOTES", 0.1) };
  const world = await runningWorld(checks, config);
  for (const id of ["SPEC-1", "SPEC-2"]) await taskIn(world, id, "IMPLEMENT", `${id}\n`);
  const { env, lines } = notebook(world, "NOTES");
  const ran = await Promise.all(["SPEC-1", "SPEC-2"].map((id) => world.calm(["gate", "check", id], { env })));
  expect(
    ran.map(({ exitCode }) => exitCode),
    JSON.stringify(ran),
  ).toEqual([0, 0]);
  expect(lines()).toHaveLength(12);
  expect(mostAtOnce(lines())).toBe(2);
  expect(ran.map(({ err }) => err).join("")).toContain(": waiting for one of 2 slots\n");
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("the claims of dead processes hold nothing", async () => {
  const world = await runningWorld({});
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const dead = "1, 'no such start', '2026-01-01T00:00:00.000Z'";
  rows(world, `insert into command_slots values ('here', 1, ${dead}), ('here', 2, ${dead}) returning number`);
  const { err } = await world.calm(["gate", "check", "SPEC-1"]);
  expect(err).not.toContain("waiting");
  expect(heldRows(world)).toEqual(nothingHeld);
});

async function atOnce(count: number, run: () => Promise<Ran>): Promise<Ran[]> {
  return Promise.all(Array.from({ length: count }, run));
}

test("who asks for the same check waits for the one run of it", async () => {
  const world = await runningWorld({ tests: slow("NOTES") });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env, lines } = notebook(world, "NOTES");
  const ran = await atOnce(4, () => world.calm(["gate", "check", "SPEC-1"], { env }));
  expect(
    ran.map(({ exitCode }) => exitCode),
    JSON.stringify(ran),
  ).toEqual([0, 0, 0, 0]);
  expect(lines()).toEqual(["start", "end"]);
  const followers = ran.filter(({ out }) => /\(cached from run \d\)/.test(out));
  expect(followers).toHaveLength(3);
  for (const { err } of followers) expect(err).toContain("waiting for its verdict");
  // Without the cache it neither waits nor takes another's verdict.
  await Promise.all([
    world.calm(["gate", "check", "SPEC-1", "--no-cache"], { env }),
    world.calm(["gate", "check", "SPEC-1", "--no-cache"], { env }),
  ]);
  expect(lines()).toHaveLength(6);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("a red run is nobody else's verdict: each runs it itself", async () => {
  const world = await runningWorld({
    tests: `{ run: 'echo run >>"$NOTES"; sleep 0.2; exit 1', min_tests: 0 }`,
  });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env, lines } = notebook(world, "NOTES");
  const ran = await atOnce(3, () => world.calm(["gate", "check", "SPEC-1"], { env }));
  expect(ran.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
  expect(lines()).toHaveLength(3);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("gates whose checks overlap crosswise do not wait for each other, and run each check once", async () => {
  const run = (name: string): string => `{ run: 'echo ${name} >>"$NOTES"; sleep 0.1', min_tests: 0 }`;
  const checks = Object.fromEntries(["tests", "lint", "tests_full"].map((name) => [name, run(name)]));
  const world = await runningWorld(checks);
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  await taskIn(world, "SPEC-2", "TEST");
  await taskIn(world, "BUG-1", "FIXED");
  const { env, lines } = notebook(world, "NOTES");
  const trees = ["SPEC-1", "SPEC-2", "BUG-1"].map((id) =>
    world.git(["rev-parse", "HEAD^{tree}"], world.worktree(id)),
  );
  expect(new Set(trees).size).toBe(1);
  await Promise.all(["SPEC-1", "SPEC-2", "BUG-1"].map((id) => world.calm(["gate", "check", id], { env })));
  expect(lines().sort()).toEqual(["lint", "tests", "tests_full"]);
  expect(heldRows(world)).toEqual(nothingHeld);
});

const flakyTest =
  'const { test } = require("node:test");\nconst { existsSync, writeFileSync } = require("node:fs");\n' +
  'test("adds", () => {});\ntest("wobbles", () => {\n  const file = process.env.ONCE;\n' +
  '  if (existsSync(file)) return;\n  writeFileSync(file, "");\n  throw new Error("not yet\\n  at all");\n});\n';

test("a failure that goes away is flaky: told with both logs, counted twice, never reused", async () => {
  const world = await runningWorld({ tests: '{ run: "node --test", retries: 2 }' });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  world.commit({ "test/add.test.js": flakyTest }, "flaky", world.worktree("SPEC-1"));
  const { env } = notebook(world, "ONCE");
  const { checks, run } = await runGate(world, "gate check SPEC-1", true, { env });
  expect(checks["tests"]).toMatchObject({ verdict: "flaky", attempts: 2, counts: { total: 2, passed: 2 } });
  expect(checks["tests"]?.message).toContain(
    "passed in attempt 2 of 3 (flaky): 2 tests passed; failed before: wobbles",
  );
  expect(checks["tests"]).toMatchObject({ failures: [{ name: "wobbles" }] });
  expect(rows(world, "select total, failed from test_runs")).toEqual([
    { total: 2, failed: 1 },
    { total: 2, failed: 0 },
  ]);
  const { out } = await world.calm(["gate", "log", String(run)]);
  const [first, second] = [...out.matchAll(/log: (\S+)/g)].map(([, path]) => path ?? "");
  expect(out).toMatch(/\[FLAKY\] tests/);
  expect(out).toMatch(/failed before: wobbles\n +.*not yet/);
  expect(readFileSync(first ?? "", "utf8")).toContain("not yet");
  expect(readFileSync(second ?? "", "utf8")).not.toContain("not yet");
  const log = await world.calm(["gate", "log", String(run), "tests"]);
  expect(log.out).toContain(`== attempt 1 of 2: ${first ?? ""}\n`);
  expect(log.out).toContain(`== attempt 2 of 2: ${second ?? ""}\n`);
  const why = await must(world, "why SPEC-1");
  expect(why["checks"]).toContainEqual(expect.objectContaining({ check: "tests", state: "flaky", run }));
  expect((await world.calm(["gate", "check", "SPEC-1"], { env })).out).toMatch(
    /\[PASS\] tests.*\n.*2 tests passed$/m,
  );
});

test.each([
  ["exit 1", 3],
  ["exit 127", 1],
  ["kill -9 $$", 1],
  ["sleep 60", 1],
])("a check that ends by `%s` is run %i times", async (how, times) => {
  const line = `{ run: 'echo run >>"$NOTES"; ${how}', min_tests: 0, retries: 2, timeout: 1s }`;
  const world = await runningWorld({ tests: line });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env, lines } = notebook(world, "NOTES");
  const { checks } = await runGate(world, "gate check SPEC-1", false, { env });
  expect(lines()).toHaveLength(times);
  expect(checks["tests"]).toMatchObject({ verdict: "fail", attempts: times });
  expect(existsSync(checks["tests"]?.log_path ?? "")).toBe(true);
});

test("the failing tests are told with their messages, the first ones in full", async () => {
  const many = Array.from(
    { length: 30 },
    (_, at) => `test("t${at}", () => { throw new Error("why ${at}"); });`,
  );
  const world = await runningWorld({ tests: '{ run: "node --test" }' });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const source = `const { test } = require("node:test");\n${many.join("\n")}\n`;
  world.commit({ "test/add.test.js": source }, "red", world.worktree("SPEC-1"));
  const { run, checks } = await runGate(world, "gate check SPEC-1", false);
  expect((checks["tests"] as unknown as { failures: unknown[] }).failures).toHaveLength(30);
  const { out } = await world.calm(["gate", "log", String(run)]);
  expect(out).toMatch(/^ {4}failed: t4\n {6}.*why 4/m);
  expect(out).toMatch(/^ {4}failed: t19\n {4}and 10 more failed$/m);
  expect(out).not.toContain("failed: t20\n");
});

test("a merge whose check is flaky lands, and says so", async () => {
  const world = await runningWorld(
    { tests: `{ run: 'test -e "$ONCE" || { touch "$ONCE"; exit 1; }', min_tests: 0, retries: 1 }` },
    "gates:\n  INTEGRATE-VERIFY: { reviews: 0 }\n",
  );
  await taskIn(world, "SPEC-1", "INTEGRATE");
  world.commit({ "changelog.d/SPEC-1.md": "Did it.\n" }, "changelog", world.worktree("SPEC-1"));
  const { env } = notebook(world, "ONCE");
  const merged = await world.calm(["worktree", "merge", "SPEC-1"], { env });
  expect(merged).toMatchObject({ exitCode: 0 });
  expect(merged.out).toMatch(
    /^Merged SPEC-1 to main\n[^]*^\[FLAKY\] tests\n {4}passed in attempt 2 of 2 \(flaky\)/m,
  );
});

const patience = { timeout: 20_000 };

test("Ctrl-C ends the wait for a slot; the command does not start, and nothing is held", async () => {
  const world = await runningWorld({ tests: `{ run: 'echo run >>"$NOTES"', min_tests: 0 }` });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env, lines } = notebook(world, "NOTES");
  const { pid, started } = ownIdentity();
  const living = `${pid}, '${started}', '2026-01-01T00:00:00.000Z'`;
  rows(
    world,
    `insert into command_slots values ('here', 1, ${living}), ('here', 2, ${living}) returning number`,
  );
  const stop = new AbortController();
  const running = world.calm(["gate", "check", "SPEC-1"], { env, signal: stop.signal });
  await expect.poll(() => rows(world, "select * from command_slots").length, patience).toBe(3);
  stop.abort("SIGINT");
  const { exitCode, err } = await running;
  expect(exitCode).toBe(130);
  expect(err).toContain("tests (worktree): waiting for one of 2 slots\n");
  expect(lines()).toEqual([]);
  expect(rows(world, "select state, verdict from gate_runs")).toEqual([
    { state: "interrupted", verdict: "fail" },
  ]);
  expect(rows(world, "select number from command_slots")).toEqual([{ number: 1 }, { number: 2 }]);
  expect(rows(world, "select * from checks_under_way")).toEqual([]);
});

test("Ctrl-C ends the wait for another's verdict", async () => {
  const world = await runningWorld({
    tests: `{ run: 'echo run >>"$NOTES"; while test ! -e "$GO"; do sleep 0.05; done', min_tests: 0 }`,
  });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env: notes, lines } = notebook(world, "NOTES");
  const go = notebook(world, "GO").env;
  const env = { ...notes, ...go };
  const leader = world.calm(["gate", "check", "SPEC-1"], { env });
  await expect.poll(() => lines().length, patience).toBe(1);
  const stop = new AbortController();
  const follower = world.calm(["gate", "check", "SPEC-1"], { env, signal: stop.signal });
  await expect.poll(() => rows(world, "select id from gate_runs").length, patience).toBe(2);
  stop.abort("SIGTERM");
  expect((await follower).exitCode).toBe(143);
  writeFileSync(go["GO"] ?? "", "");
  expect((await leader).exitCode).toBe(0);
  expect(rows(world, "select id, state from gate_runs")).toEqual([
    { id: 1, state: "finished" },
    { id: 2, state: "interrupted" },
  ]);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("the run without the fix is never repeated: a test that would pass there the next time has failed", async () => {
  const world = await runningWorld({ tests: '{ run: "node --test", retries: 2 }' });
  await taskIn(world, "BUG-1", "INVESTIGATED");
  const wobbling = flakyTest.replace(
    "if (existsSync(file))",
    'if (existsSync("src/new.js") || existsSync(file))',
  );
  world.commit({ "test/add.test.js": wobbling }, "fix", world.worktree("BUG-1"));
  const { env } = notebook(world, "ONCE");
  const { checks } = await runGate(world, "gate check BUG-1", true, { env });
  expect(checks["tests"]).toMatchObject({ verdict: "pass" });
  expect(checks["regression_test"]).toMatchObject({ verdict: "pass", attempts: 1 });
  expect(checks["regression_test"]?.message).toContain("fail without the fix");
});
