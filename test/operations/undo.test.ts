import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { operations } from "../../src/operations/index.ts";
import { calmTables } from "../../src/store/calm-tables.ts";
import { recordings } from "../../src/store/recorded-tables.ts";
import { change, dump, query } from "../support/database.ts";
import { must, mustByPerson, operate, putInto, refused } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const databaseOf = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

/** Everything that undo is to bring back; what calm has seen stays. */
function memory(world: World): unknown {
  const seen = ["check_runs", "test_runs", "slots", "attic", "checks_under_way", "command_slots"];
  const upkeep = ["events", "changes", "journal", "sequences"];
  const rows = dump(databaseOf(world), [...seen, ...upkeep], ["heartbeat_at", "updated_at"]);
  const voided = query(databaseOf(world), "select id, voided_at from gate_runs where voided_at is not null");
  return { ...rows, gate_runs: voided, branches: world.git(["branch", "--list", "[A-Z]*"]) };
}

/** What one operation needs, how it is run, and what undo makes of it. */
interface Story {
  readonly before?: readonly string[];
  readonly line: readonly string[] | string;
  readonly stdin?: string;
  readonly person?: string;
  readonly by?: "person";
}

const task = "task create SPEC-1 One";
const worker = "worker start SPEC-1 reviewer";

/** Every operation that writes: how it is taken back, or why there is nothing to take back. */
const stories: Readonly<Record<string, Story | string>> = {
  init: "makes a project known, which is no operation of it",
  undo: "is not taken back itself; what was undone is done again",
  doctor: "puts right what others left; worktrees that it removes come back as those of worktree remove",
  trust: { line: "trust --yes" },
  "task create": { line: task },
  "task update": { before: [task], line: "task update SPEC-1 --notes new --priority 1" },
  "task transition": {
    before: [task, "DESIGN"],
    line: "task transition SPEC-1 SPEC --back --reason x",
  },
  "task override": {
    before: [task],
    line: "task override SPEC-1 SPEC-DESIGN --reason x",
    person: "SPEC-1",
    by: "person",
  },
  "task delete": {
    before: [task, "task update SPEC-1 --notes x", "worktree create SPEC-1", worker],
    line: "task delete SPEC-1 --yes",
  },
  "task import": { line: "task import", stdin: '{"id":"SPEC-7","title":"Seven","type":"feature"}\n' },
  "gate check": "is evidence: what was seen is not unseen",
  "gate run": "records nothing",
  "review record": {
    before: [task, "worktree create SPEC-1", "COMMIT"],
    line: "review record SPEC-1 code approved",
  },
  "review clear": {
    before: [task, "worktree create SPEC-1", "COMMIT", "review record SPEC-1 code approved"],
    line: "review clear SPEC-1 code --yes",
  },
  approve: {
    before: [task, "worktree create SPEC-1", "COMMIT"],
    line: "approve SPEC-1 merge",
    person: "SPEC-1",
    by: "person",
  },
  "worktree create": { before: [task], line: "worktree create SPEC-1" },
  "worktree remove": {
    before: [task, "worktree create SPEC-1", "COMMIT"],
    line: "worktree remove SPEC-1 --force --yes",
  },
  "worktree merge": "stands in undo-merge.test.ts",
  "worktree health": "removes as worktree remove does",
  "worker start": { before: [task], line: worker },
  "worker heartbeat": "is a sign of life, and no event",
  "worker resume": "takes a lease up, which nobody can make not to have been",
  "worker cleanup": "writes down who is gone, which calm has seen",
  "worker complete": { before: [task, worker], line: "worker complete WORKER" },
  "worker fail": { before: [task, worker], line: "worker fail WORKER --reason x" },
  "session save": { line: "session save", stdin: "text\n" },
  "session resume": { before: ["SESSION"], line: "session resume" },
  "counter set": { line: "counter set merge_lock 3" },
  "counter increment": { line: "counter increment merge_lock" },
  "counter add": { line: "counter add mine" },
  "counter reset": { before: ["counter set merge_lock 3"], line: "counter reset merge_lock" },
  "backup create": "writes a file of its own, which backup delete removes",
  "backup auto": "writes a file of its own",
  "backup delete": "removes a file that a person named",
  "backup restore": "stands in another test: another restore takes it back",
  migrate: "stands in another test: a backup takes it back",
};

test("every operation that writes has an expectation", async () => {
  const all = await Promise.all(operations.map(({ load }) => load()));
  const writing = all.filter(({ effect }) => effect !== "read").map(({ name }) => name);
  expect(Object.keys(stories).sort()).toEqual(writing.sort());
});

test("every table is recorded, or left out with a reason, whole", () => {
  const tables = calmTables();
  expect(Object.keys(recordings).sort()).toEqual(tables.map(({ name }) => name).sort());
});

function ids(world: World, line: string): string {
  const id = query<{ id: string }>(databaseOf(world), "select id from workers")[0]?.id ?? "";
  return line.replace("WORKER", id);
}

async function prepare(world: World, step: string): Promise<void> {
  if (step === "COMMIT")
    world.commit({ "src/mine.js": "exports.mine = 1;\n" }, "work", world.worktree("SPEC-1"));
  else if (step === "DESIGN") putInto(world, "SPEC-1", step);
  else if (step === "SESSION") await must(world, "session save --continue", { stdin: "hand-off\n" });
  else await must(world, ids(world, step));
}

const told = Object.entries(stories).flatMap(([name, story]) =>
  typeof story === "string" ? [] : [[name, story] as const],
);

test.each(told)("%s is taken back", async (name, { before = [], line, stdin, person, by }) => {
  const world = createWorld();
  await must(world, "counter increment merges_since_docs");
  for (const step of before) await prepare(world, step);
  const then = memory(world);
  const words = typeof line === "string" ? ids(world, line) : line;
  if (person === undefined) await must(world, words, stdin === undefined ? {} : { stdin });
  else await mustByPerson(world, words, person);
  const now = memory(world);
  const dry = await must(world, "undo --dry-run");
  expect(dry).toMatchObject({ operation: name, dry_run: true });
  expect(memory(world)).toEqual(now);
  if (by === "person") {
    await refused(world, "undo", [4, "not_your_operation", /person's word/, "A person runs: calm undo"]);
    await mustByPerson(world, "undo", "undo");
  } else expect((await must(world, "undo"))["rows"]).toEqual(dry["rows"]);
  expect(memory(world)).toEqual(then);
  // A second one takes the operation before it back, and never the undo.
  expect((await operate(world, "undo --dry-run")).data["operation"]).not.toBe("undo");
});

test("undo goes back step by step, then says that nothing is left; evidence and signs of life are passed over", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "counter set merge_lock 1");
  await must(world, "counter set merge_lock 2");
  await must(world, "trust --yes");
  await must(world, "undo");
  for (const value of [1, 0]) {
    await must(world, "undo");
    expect((await must(world, "counter get merge_lock"))["value"]).toBe(value);
  }
  expect((await must(world, "undo"))["operation"]).toBe("task create");
  await refused(world, "undo", [4, "nothing_to_undo", /no operation/, "calm log"]);
  expect((await must(world, "task create SPEC --next Again"))["id"]).toBe("SPEC-001");
});

test("what was changed since, by whatever, is not overwritten", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "counter set merge_lock 5");
  change(databaseOf(world), "update counters set value = 7 where name = 'merge_lock'");
  const since = await refused(world, "undo", [
    5,
    "changed_since",
    /counter merge_lock has changed \(value\)/,
    "calm log",
  ]);
  expect(since.details).toMatchObject({ operation: "counter set" });
  change(databaseOf(world), "update counters set value = 5 where name = 'merge_lock'");
  await must(world, "undo");
  await operate(world, "gate check SPEC-1");
  await refused(world, "undo", [5, "changed_since", /gate run 1 hangs on it/, "calm log"]);
});

test("nobody takes back what somebody else did; a person at a terminal does", async () => {
  const world = createWorld();
  await must(world, task);
  const one = String((await must(world, "worker start SPEC-1 backend"))["id"]);
  const other = String((await must(world, "worker start SPEC-1 qa"))["id"]);
  await must(world, "counter increment merge_lock", { env: { CALM_WORKER: one } });
  const theirs = [4, "not_your_operation", new RegExp(`worker:${one} made it`), "A person runs"] as const;
  await refused(world, "undo", theirs, { env: { CALM_WORKER: other } });
  await refused(world, "undo", theirs);
  await must(world, "undo", { env: { CALM_WORKER: one } });
  await must(world, "counter increment merge_lock", { env: { CALM_WORKER: one } });
  await mustByPerson(world, "undo", "undo");
  await must(world, "counter increment merge_lock", { tty: true });
  await refused(world, "undo", [4, "not_your_operation", /at a terminal/, "A person runs"]);
  await must(world, "undo", { tty: true });
  // The lead started the worker, who has been at work since.
  change(databaseOf(world), `update workers set heartbeat_at = '2027' where id = '${other}'`);
  await refused(world, "undo", [5, "changed_since", /worker .*\(heartbeat_at\)/, "calm log"]);
});

test("a removed worktree comes back with its files; a made one goes with its work kept; nobody loses the ground", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "worktree create SPEC-1");
  const head = world.commit({ "src/x.js": "1\n" }, "work", world.worktree("SPEC-1"));
  world.write("src/x.js", "2\n", world.worktree("SPEC-1"));
  world.write("new.txt", "n\n", world.worktree("SPEC-1"));
  await must(world, "worktree remove SPEC-1 --force --yes");
  await must(world, "undo");
  const tree = world.worktree("SPEC-1");
  expect([world.git(["rev-parse", "HEAD"], tree), world.git(["show", ":src/x.js"], tree)]).toEqual([
    head,
    "1",
  ]);
  expect(world.git(["diff", "--name-only"], tree)).toBe("src/x.js");
  expect(existsSync(join(tree, "new.txt"))).toBe(true);
  await refused(world, "undo", [4, "directory_in_use", /inside/, "cd"], { cwd: tree });
  await must(world, "undo");
  expect([existsSync(tree), world.git(["branch", "--list", "SPEC-1"])]).toEqual([false, ""]);
  const kept = world.git(["for-each-ref", "--format=%(refname)", "refs/calm/attic"]).split("\n").at(-1) ?? "";
  expect(world.git(["show", `${kept}:new.txt`])).toBe("n");
  world.git(["branch", "SPEC-1"]);
  await must(world, "worktree create SPEC-1 --adopt");
  await must(world, "undo");
  expect([existsSync(tree), world.git(["branch", "--list", "SPEC-1"])]).toEqual([false, "  SPEC-1"]);
});

test("behind a restore undo does not go; it names the backup that helps", async () => {
  const world = createWorld();
  await must(world, "counter increment merge_lock");
  await must(world, "backup create one");
  await must(world, "backup restore one --yes");
  await refused(world, "undo", [4, "beyond_undo", /backup restore/, "calm backup restore before-restore_"]);
  await must(world, "counter increment merge_lock");
  await must(world, "undo");
  await refused(world, "undo", [4, "beyond_undo", /backup restore/, "calm backup restore before-restore_"]);
});
