import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { program, realCalm, start, startCalm } from "../support/real-calm.ts";
import {
  heldRows,
  mostAtOnce,
  nothingHeld,
  notebook,
  rows,
  runningWorld,
  taskIn,
} from "../support/running.ts";
import { createWorld, type World } from "../support/world.ts";

/** Where real processes of a world run. */
function place(world: World, env: Readonly<Record<string, string>> = {}) {
  return { cwd: world.repository, env: { ...world.env, ...env } };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}

test("G13: six processes want the same check: it is run once", async () => {
  const world = await runningWorld({
    tests: `{ run: 'echo run >>"$NOTES"; sleep 1', min_tests: 0 }`,
  });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const { env, lines } = notebook(world, "NOTES");
  const ran = await Promise.all(
    Array.from({ length: 6 }, () => realCalm(["gate", "check", "SPEC-1"], place(world, env))),
  );
  expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(lines()).toEqual(["run"]);
  expect(ran.filter(({ out }) => out.includes("cached from run"))).toHaveLength(5);
  expect(rows(world, "select distinct state, verdict from gate_runs")).toEqual([
    { state: "finished", verdict: "pass" },
  ]);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("processes of several projects share the slots of the machine", async () => {
  const first = createWorld({});
  const second = createWorld({});
  const worlds = [first, { ...second, env: { ...second.env, CALM_HOME: first.env["CALM_HOME"] ?? "" } }];
  const { env, lines } = notebook(first, "NOTES");
  // Equal commands of one gate would be run once.
  const slow = (name: string): string =>
    `{ run: ': ${name}; echo start >>"$NOTES"; sleep 0.5; echo end >>"$NOTES"', min_tests: 0 }`;
  const names = ["one", "two", "three"];
  const none = ["tests", "lint", "types"].map((name) => `  ${name}: { none: "none" }\n`).join("");
  const checks = names.map((name) => `  ${name}: ${slow(name)}\n`).join("");
  const gates = `gates:\n  IMPLEMENT-CODE_REVIEW: { add: [${names.join(", ")}] }\n`;
  for (const world of worlds) {
    world.commit({ ".calm/config.yaml": `version: 1\n${gates}checks:\n${none}${checks}` }, "checks");
    for (const line of ["trust --yes", "task create SPEC-1 Title", "worktree create SPEC-1"])
      expect((await realCalm(line.split(" "), place(world))).exitCode, line).toBe(0);
    world.commit({ "src/new.js": "1\n" }, "work", world.worktree("SPEC-1"));
  }
  rows(first, "update tasks set phase = 'IMPLEMENT' returning id");
  const ran = await Promise.all(
    worlds.map((world) => realCalm(["gate", "check", "SPEC-1"], place(world, env))),
  );
  expect(
    ran.map(({ exitCode }) => exitCode),
    JSON.stringify(ran),
  ).toEqual([0, 0]);
  expect(lines()).toHaveLength(12);
  expect(mostAtOnce(lines())).toBe(Math.min(6, availableParallelism()));
  expect(heldRows(first)).toEqual(nothingHeld);
});

// The first run of it dies, or kills the calm that started it; the next one is quick.
const stuck = (how: string): string =>
  `{ run: 'echo $$ >>"$NOTES"; test -e "$ONCE" || { touch "$ONCE"; ${how} sleep 300; }', min_tests: 0 }`;

test.each([
  ["its own command", "kill -9 $PPID;", false],
  ["somebody", "", true],
])(
  "calm is killed by %s: the next one ends what is left, and holds back for nothing",
  async (_, how, byUs) => {
    const world = await runningWorld({ tests: stuck(how) });
    await taskIn(world, "SPEC-1", "IMPLEMENT");
    const notes = notebook(world, "NOTES");
    const env = { ...notes.env, ...notebook(world, "ONCE").env };
    const { child, ended } = startCalm(["gate", "check", "SPEC-1"], place(world, env));
    await expect.poll(() => notes.lines().length, { timeout: 20_000 }).toBe(1);
    // A follower is there already when the leader dies, and becomes the leader.
    const follower = byUs ? realCalm(["gate", "check", "SPEC-1"], place(world, env)) : undefined;
    if (byUs) {
      await expect.poll(() => rows(world, "select id from gate_runs").length, { timeout: 20_000 }).toBe(2);
      child.kill("SIGKILL");
    }
    expect((await ended).signal).toBe("SIGKILL");
    const orphan = Number(notes.lines()[0]);
    const next = await (follower ?? realCalm(["gate", "check", "SPEC-1"], place(world, env)));
    expect(next.exitCode, next.err + next.out).toBe(0);
    expect(notes.lines()).toHaveLength(2);
    if (byUs)
      expect((await realCalm(["gate", "check", "SPEC-1"], place(world, env))).out).toContain("cached");
    await expect.poll(() => lives(orphan), { timeout: 5000 }).toBe(false);
    expect(rows(world, "select id, state, reason from gate_runs where id = 1")).toEqual([
      { id: 1, state: "interrupted", reason: "calm was killed" },
    ]);
    expect(heldRows(world)).toEqual(nothingHeld);
  },
);

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["-c", "0", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasTaskset())(
  "on one core a check may itself run calm, of the same home and the same check",
  async () => {
    const inner = `CALM_HOME="$INNER_HOME" "$NODE" "$PROGRAM" gate check`;
    const run = `echo run >>"$NOTES"; test -n "$CALM_SLOTS_SEEN" || { export CALM_SLOTS_SEEN=1; ${inner} SPEC-1 && ${inner} SPEC-2; }`;
    // CALM_… does not reach a command, so that the inner calm is told by other names.
    const line = run.replaceAll("CALM_SLOTS_SEEN", "SEEN");
    const world = await runningWorld({
      tests: `{ run: ${JSON.stringify(line)}, min_tests: 0 }`,
      tests_full: '{ run: "true", min_tests: 0 }',
    });
    await taskIn(world, "SPEC-1", "IMPLEMENT");
    await taskIn(world, "SPEC-2", "IMPLEMENT", "2\n");
    const { env, lines } = notebook(world, "NOTES");
    const facts = { NODE: process.execPath, PROGRAM: program, INNER_HOME: join(world.folder, "calm-home") };
    const outer = ["taskset", "-c", "0", process.execPath, program, "gate", "check", "SPEC-1"];
    const ran = await start(outer, place(world, { ...env, ...facts })).ended;
    expect(ran.exitCode, ran.err + ran.out).toBe(0);
    expect(lines()).toHaveLength(3);
    expect(heldRows(world)).toEqual(nothingHeld);
  },
);

test("doctor ends what a killed gate has left", async () => {
  const world = await runningWorld({ tests: stuck("") });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const notes = notebook(world, "NOTES");
  const env = { ...notes.env, ...notebook(world, "ONCE").env };
  const { child, ended } = startCalm(["gate", "check", "SPEC-1"], place(world, env));
  await expect.poll(() => notes.lines().length, { timeout: 20_000 }).toBe(1);
  child.kill("SIGKILL");
  await ended;
  const fixed = await realCalm(["doctor", "--fix"], place(world));
  expect(fixed.out).toContain("mark run 1 as interrupted");
  await expect.poll(() => lives(Number(notes.lines()[0])), { timeout: 5000 }).toBe(false);
  expect((await realCalm(["gate", "check", "SPEC-1"], place(world, env))).exitCode).toBe(0);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("what a killed run has left in a clean room is ended before the next check begins there", async () => {
  const run = 'echo $$ >>"$NOTES"; test "$(cat src/new.js)" = 2 || sleep 300';
  const world = await runningWorld({ tests: `{ run: '${run}', min_tests: 0 }` });
  await taskIn(world, "SPEC-1", "TEST");
  await taskIn(world, "SPEC-2", "TEST", "2\n");
  const { env, lines } = notebook(world, "NOTES");
  // It records nothing by which the next one could know of it.
  const apart = ["gate", "run", "SPEC-1", "tests", "--room", "clean"];
  const { child, ended } = startCalm(apart, place(world, env));
  await expect.poll(() => lines().length, { timeout: 20_000 }).toBe(1);
  child.kill("SIGKILL");
  await ended;
  const { exitCode, out } = await realCalm(["gate", "check", "SPEC-2"], place(world, env));
  expect(exitCode, out).toBe(0);
  await expect.poll(() => lives(Number(lines()[0])), { timeout: 5000 }).toBe(false);
  expect(heldRows(world)).toEqual(nothingHeld);
});

test("nobody waits for calms that were stopped, neither for their slots nor for their verdict", async () => {
  const world = await runningWorld({ tests: stuck("") });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const notes = notebook(world, "NOTES");
  const env = { ...notes.env, ...notebook(world, "ONCE").env };
  const { child, ended } = startCalm(["gate", "check", "SPEC-1"], place(world, env));
  await expect.poll(() => notes.lines().length, { timeout: 20_000 }).toBe(1);
  child.kill("SIGSTOP");
  // On one core the stopped one has the only slot, too.
  const alone = hasTaskset() ? ["taskset", "-c", "0"] : [];
  const next = [...alone, process.execPath, program, "gate", "check", "SPEC-1"];
  const ran = await start(next, place(world, env)).ended;
  expect(ran.exitCode, ran.err + ran.out).toBe(0);
  expect(ran.err).not.toContain("waiting");
  child.kill("SIGCONT");
  child.kill("SIGINT");
  expect((await ended).exitCode).toBe(130);
  expect(heldRows(world)).toEqual(nothingHeld);
});
