import { join } from "node:path";
import { expect, test } from "vitest";
import { operations } from "../../src/operations/index.ts";
import { dump, query } from "../support/database.ts";
import { must, mustByPerson, operate, putInto, refused } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const databaseOf = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

/** Everything that undo is to bring back; what calm has seen stays. */
function memory(world: World): unknown {
  const seen = ["check_runs", "test_runs", "slots", "attic", "checks_under_way", "command_slots"];
  const upkeep = ["events", "changes", "journal", "sequences", "remembered_commits"];
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
  "worktree restore": {
    before: [task, "worktree create SPEC-1", "COMMIT", "worktree remove SPEC-1 --force --yes"],
    line: "worktree restore SPEC-1",
  },
  "worktree attic drop": "is what a person wants gone; undo names the command that still finds it",
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
  const all = await Promise.all(operations.map((entry) => entry.load()));
  const writing = all.filter(({ effect }) => effect !== "read").map(({ name }) => name);
  expect(Object.keys(stories).sort()).toEqual(writing.sort());
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
  } else expect((await must(world, "undo --yes"))["rows"]).toEqual(dry["rows"]);
  expect(memory(world)).toEqual(then);
  // A second one takes the operation before it back, and never the undo.
  expect((await operate(world, "undo --dry-run")).data["operation"]).not.toBe("undo");
});
