import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { gitCalls, keepWorld, killPoints, runCalm } from "../support/killing-git.ts";
import { everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must, phaseOf } from "../support/operate.ts";
import { realCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const persons = ["README.md", "src/b", "mine"];

/** A merge has landed in a checkout in which a person works; `moved` = somebody has committed since. */
async function mergedWorld(moved: boolean): Promise<World> {
  const world = await mergeWorld({ "src/x": "x\n".repeat(2000) });
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n", "src/new/deep": "n\n" });
  expect(runCalm(world, "worktree merge SPEC-001").status).toBe(0);
  if (moved) world.commit({ "src/other": "o\n" }, "Somebody's work");
  world.write("README.md", "edited\n");
  world.write("src/b", "staged\n");
  world.git(["add", "src/b"]);
  world.write("mine", "untracked\n");
  return world;
}

/** Whether the merge is off main; then everything agrees that it is, else everything agrees that it is not. */
function expectWhole(world: World, before: Record<string, string>, told: string): boolean {
  const undone = !world.git(["show", "main:src/a"]).includes("four");
  const count = undone ? 0 : 1;
  expect({ phase: phaseOf(world, "SPEC-001"), ...mergeRecords(world) }, told).toEqual({
    ...{ phase: undone ? "INTEGRATE" : "VERIFY", merges: count, open: [], e2e: count, docs: count },
  });
  expect(leftovers(world), told).toEqual([]);
  const after = everything(world);
  for (const path of persons) expect(after[path], told).toBe(before[path]);
  expect(world.git(["diff", "--cached", "--name-only"]), told).toBe("src/b");
  expect(world.git(["diff", "--name-only"]), told).toBe("README.md");
  expect(world.git(["branch", "--list", "SPEC-001"]) !== "", told).toBe(undone);
  expect(existsSync(world.worktree("SPEC-001")), told).toBe(undone);
  return undone;
}

test.each([
  ["moved back", false],
  ["reverted", true],
])(
  "an undo that is killed while a merge is %s is finished or left by the next command",
  async (_, moved) => {
    const world = await mergedWorld(moved);
    const before = everything(world);
    const restore = keepWorld(world);
    const whole = runCalm(world, "undo --yes");
    expect(whole.status, whole.stderr).toBe(0);
    const calls = gitCalls(world);
    expect(expectWhole(world, before, "not killed")).toBe(true);
    for (const { call, moment } of killPoints(calls, 8, 11)) {
      restore();
      const killed = runCalm(world, "undo --yes", { call, moment });
      const told = `killed ${moment} git call ${call} of ${calls}`;
      expect(killed.signal, `${told}: ${killed.stderr}`).toBe("SIGKILL");
      runCalm(world, "doctor --fix");
      if (expectWhole(world, before, told)) continue;
      const again = runCalm(world, "undo --yes");
      expect(again.status, `${told}: ${again.stderr}`).toBe(0);
      expect(expectWhole(world, before, told), told).toBe(true);
    }
  },
  1_200_000,
);

test("a merge finished by whoever comes next is taken back by one undo, wherever it was killed", async () => {
  const world = await mergeWorld();
  const head = await mergeable(world, "SPEC-001");
  const main = world.git(["rev-parse", "main"]);
  const before = mergeRecords(world);
  const restore = keepWorld(world);
  const whole = await runToItsEnd(world, ["worktree", "merge", "SPEC-001"]);
  const { boundaries } = whole;
  const landed = boundaries.slice(boundaries.indexOf("merge.swapped"), boundaries.indexOf("remove.recorded"));
  expect(landed).toEqual(expect.arrayContaining(["merge.recorded", "remove.moved", "remove.trash-removed"]));
  const finishing = ["doctor --fix", "worktree merge SPEC-001", "undo --yes"];
  for (const [index, at] of landed.entries()) {
    restore();
    const fault = { by: "failpoint", at, group: false } as const;
    expect((await runToItsEnd(world, ["worktree", "merge", "SPEC-001"], fault)).killed, at).toBe(true);
    const by = finishing[index % finishing.length] ?? "";
    const finished = runCalm(world, by);
    const told = `${at}, finished by ${by}: ${finished.stderr}`;
    expect(finished.status, told).toBe(0);
    expect(finished.stdout, told).not.toContain("again, as its commit tells it");
    const undone = by === "undo --yes" ? finished : runCalm(world, "undo --yes");
    expect([undone.status, undone.stderr], told).toEqual([0, expect.any(String)]);
    expect([phaseOf(world, "SPEC-001"), mergeRecords(world), leftovers(world)], told).toEqual([
      ...["INTEGRATE", before, []],
    ]);
    expect([world.git(["rev-parse", "main"]), world.git(["rev-parse", "SPEC-001"])]).toEqual([main, head]);
    expect(existsSync(world.worktree("SPEC-001")), told).toBe(true);
  }
}, 600_000);

test.each(["undo.swapped", "bring-back.laid-out"])(
  "an undo that was killed at %s is what the next one foresees, finishes and answers",
  async (at) => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    for (const line of ["counter add mine", "worktree merge SPEC-001"]) {
      expect(runCalm(world, line).status).toBe(0);
    }
    const fault = { by: "failpoint", at, group: false } as const;
    expect((await runToItsEnd(world, ["undo", "--yes"], fault)).killed).toBe(true);
    world.write("mine", "somebody's\n", world.worktree("SPEC-001"));
    const data = (line: string): unknown => {
      const { stdout } = runCalm(world, line);
      return (JSON.parse(stdout) as { data: unknown }).data;
    };
    const worktrees = [{ action: "bring_back", done: false }];
    const foreseen = { operation: "worktree merge", branch: { how: "move_back" }, worktrees };
    expect(data("undo --dry-run --json")).toMatchObject({ ...foreseen, dry_run: true });
    expect(phaseOf(world, "SPEC-001")).toBe(at === "undo.swapped" ? "VERIFY" : "INTEGRATE");
    expect(data("undo --yes --json")).toMatchObject({ ...foreseen, dry_run: false });
    expect(phaseOf(world, "SPEC-001")).toBe("INTEGRATE");
    expect(data("undo --dry-run --json")).toMatchObject({ operation: "counter add" });
  },
  120_000,
);

test("twenty undos at once take twenty operations back at most once each", async () => {
  const world = createWorld();
  const place = { cwd: world.repository, env: { ...world.env, CALM_ACTOR: "user:ann" } };
  for (let count = 0; count < 20; count++) await must(world, "counter increment merge_lock");
  const ended = await Promise.all(Array.from({ length: 20 }, () => realCalm(["undo", "--json"], place)));
  const undone = ended.filter(({ exitCode }) => exitCode === 0);
  const answers = ended.map(({ out }) => JSON.parse(out) as { error?: { code: string } });
  const codes = new Set(answers.flatMap(({ error }) => error?.code ?? []));
  expect([...codes].filter((code) => !["lost_race", "nothing_to_undo"].includes(code))).toEqual([]);
  expect(undone.length).toBeGreaterThan(0);
  const path = `${world.env["CALM_HOME"] ?? ""}/metadata.db`;
  expect(query(path, "select value from counters where name = 'merge_lock'")).toEqual([
    { value: 20 - undone.length },
  ]);
}, 120_000);
