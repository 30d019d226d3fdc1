import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { listEvents } from "../../src/store/events.ts";
import { addGateRun, endGateRun, type GateRunEnd, voidGateRuns } from "../../src/store/gate-runs.ts";
import { findRemembered, setRemembered } from "../../src/store/remembered-commits.ts";
import { nextNumber } from "../../src/store/sequences.ts";
import type { Store } from "../../src/store/store.ts";
import { addTask } from "../../src/store/tasks.ts";
import { query } from "../support/database.ts";
import { at, openStore } from "../support/open-store.ts";
import { realCalm, start } from "../support/real-calm.ts";
import { createWorld, scratchFolder } from "../support/world.ts";

async function seedTask(store: Store, id: string): Promise<void> {
  const text = { spec_id: null, specialist: null, notes: null, created_at: at, updated_at: at };
  await store.housekeep((tx) =>
    addTask(tx, { id, title: id, type: "feature", phase: "SPEC", priority: 2, touches: [], ...text }),
  );
}

test("a write without an event is a bug, and writes nothing", async () => {
  const [store, path] = await openStore();
  await expect(store.write((tx) => nextNumber(tx, "things"))).rejects.toThrow("wrote without an event");
  expect(query(path, "select * from sequences")).toEqual([]);
});

test("a transaction that fails leaves no row, no event and no gap in any sequence", async () => {
  const [store, path] = await openStore();
  const write = (fails: boolean): Promise<number> =>
    store.write(async (tx) => {
      const number = await nextNumber(tx, "things");
      await tx.event({ summary: `thing ${number}` });
      if (fails) throw new Error("on purpose");
      return number;
    });
  const numbers: unknown[] = [];
  for (const fails of [false, true, false, true, true, false]) {
    numbers.push(await write(fails).catch(() => "failed"));
  }
  expect(numbers).toEqual([1, "failed", 2, "failed", "failed", 3]);
  expect(query(path, "select seq, summary from events order by seq")).toEqual(
    [1, 2, 3].map((seq) => ({ seq, summary: `thing ${seq}` })),
  );
});

test("a sequence starts above a floor, keeps above it, and never goes back", async () => {
  const [store] = await openStore();
  const next = (floor: number): Promise<number> => store.housekeep((tx) => nextNumber(tx, "id SPEC", floor));
  expect([await next(7), await next(1), await next(20), await next(3)]).toEqual([7, 8, 20, 21]);
  // Ids differ in more than case.
  expect(await store.housekeep((tx) => nextNumber(tx, "id spec"))).toBe(22);
});

test("writers of one process take turns, however they are interleaved; two projects count for themselves", async () => {
  const path = join(scratchFolder(), "metadata.db");
  const [one] = await openStore("P-one", path);
  const [two] = await openStore("P-two", path);
  const write = (store: Store): Promise<number> =>
    store.write(async (tx) => {
      await new Promise((done) => setImmediate(done));
      const number = await nextNumber(tx, "things");
      await tx.event({ summary: `${tx.project} ${number}` });
      return number;
    });
  const numbers = await Promise.all([one, two, one, two, one, two].map(write));
  expect(numbers).toEqual([1, 1, 2, 2, 3, 3]);
  expect((await listEvents(two, { limit: 10 })).map(({ summary }) => summary)).toEqual([
    "P-two 1",
    "P-two 2",
    "P-two 3",
  ]);
});

test("events come oldest first, and a limit keeps the newest", async () => {
  const [store] = await openStore();
  for (let number = 1; number <= 12; number++) {
    await store.write((tx) =>
      tx.event({ summary: `e${number}`, ...(number % 2 === 0 && { task: "SPEC-1" }) }),
    );
  }
  const seen = async (filter: object): Promise<number[]> =>
    (await listEvents(store, { limit: 3, ...filter })).map(({ seq }) => seq);
  expect(await seen({})).toEqual([10, 11, 12]);
  expect(await seen({ limit: 100 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(await seen({ task: "spec-1" })).toEqual([8, 10, 12]);
  expect(await seen({ after: 10 })).toEqual([11, 12]);
  expect(await seen({ since: "2026-01-01T00:00:00.001Z" })).toEqual([]);
});

test("the view gate_passes holds finished passes that were not taken back, and nothing else", async () => {
  const [store, path] = await openStore();
  await seedTask(store, "SPEC-1");
  const ends: (GateRunEnd | undefined)[] = [
    { state: "finished", verdict: "pass", reason: null },
    { state: "finished", verdict: "fail", reason: null },
    { state: "finished", verdict: "void", reason: "moved" },
    { state: "interrupted", verdict: "fail", reason: null },
    { state: "abandoned", verdict: "fail", reason: null },
    undefined,
  ];
  const run = {
    task_id: "SPEC-1",
    commit_sha: "c",
    tree: "t",
    base_sha: "b",
    anchor: "head:c",
    definition: "d",
  };
  for (const transition of ["SPEC-DESIGN", "DESIGN-IMPLEMENT"]) {
    for (const end of ends) {
      await store.housekeep(async (tx) => {
        const id = await addGateRun(tx, { ...run, transition });
        if (end) await endGateRun(tx, id, end);
      });
    }
  }
  const passes = "select id, transition from gate_passes order by id";
  expect(query(path, passes)).toEqual([
    { id: 1, transition: "SPEC-DESIGN" },
    { id: 7, transition: "DESIGN-IMPLEMENT" },
  ]);
  await expect(
    store.housekeep((tx) => endGateRun(tx, 1, { state: "finished", verdict: "fail", reason: null })),
  ).rejects.toThrow("no longer running");
  await store.housekeep((tx) => voidGateRuns(tx, "SPEC-1", ["SPEC-DESIGN"]));
  expect(query(path, passes)).toEqual([{ id: 7, transition: "DESIGN-IMPLEMENT" }]);
});

/** Holds the write lock until it is told to end. */
const holder = `
  const { DatabaseSync } = require(process.argv[1]);
  const database = new DatabaseSync(process.argv[2], { timeout: 5000 });
  database.exec("begin immediate");
  process.stdout.write("held");
  process.on("SIGTERM", () => { database.exec("commit"); database.close(); process.exit(); });
  setInterval(() => {}, 1000);
`;

test("a writer waits for another process's transaction; a reader does not", async () => {
  const world = createWorld();
  const place = { cwd: world.repository, env: world.env };
  await realCalm(["counter", "list"], place);
  const driver = resolve(import.meta.dirname, "../../node_modules/@photostructure/sqlite");
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const { child, ended } = start([process.execPath, "-e", holder, driver, database], place);
  await new Promise((held) => child.stdout?.once("data", held));
  let written = false;
  const writing = realCalm(["counter", "increment", "merges_since_docs"], place).finally(() => {
    written = true;
  });
  expect(await realCalm(["counter", "get", "merges_since_docs"], place)).toMatchObject({ out: "0\n" });
  await new Promise((done) => setTimeout(done, 500));
  expect(written).toBe(false);
  child.kill("SIGTERM");
  expect(await writing).toMatchObject({ exitCode: 0, out: "merges_since_docs = 1\n" });
  await ended;
});

test("--next avoids numbers that ids, branches, documents and merge trailers have", async () => {
  const world = createWorld();
  const next = async (prefix: string): Promise<unknown> =>
    (await world.json(["task", "create", prefix, "--next", "Title"]))["id"];
  expect(await next("SPEC")).toBe("SPEC-001");
  expect(await next("spec")).toBe("spec-002");
  await world.calm(["task", "create", "SPEC-5", "By hand"]);
  expect(await next("SPEC")).toBe("SPEC-006");
  world.git(["branch", "SPEC-0010"]);
  world.git(["branch", "SPEC-99-more"]);
  expect(await next("SPEC")).toBe("SPEC-011");
  world.commit(
    { "planning_docs/SPEC-020/spec.md": "old\n", "changelog.d/SPEC-022.md": "old\n" },
    "Documents",
  );
  expect(await next("SPEC")).toBe("SPEC-023");
  world.commit({ "bug_reports/BUG-007.md": "old\n" }, "Report");
  expect(await next("BUG")).toBe("BUG-008");
  world.git(["switch", "--quiet", "--create", "side"]);
  world.commit({ "side.txt": "x\n" }, "Side");
  world.git(["switch", "--quiet", "main"]);
  world.git(["merge", "--quiet", "--no-ff", "-m", "Merge task SPEC-040: old\n\nCalm-Task: SPEC-040", "side"]);
  expect(await next("SPEC")).toBe("SPEC-041");
  await world.calm(["task", "delete", "SPEC-041", "--yes"]);
  // A number is never given twice, not even after its task is gone.
  expect(await next("SPEC")).toBe("SPEC-042");
});

test("an id that --next would make must follow the rules for ids, too", async () => {
  const world = createWorld();
  const prefix = `A${"b".repeat(60)}`;
  expect(await world.calm(["task", "create", prefix, "--next", "Title"])).toMatchObject({ exitCode: 2 });
  expect(await world.json(["task", "list"])).toEqual({ tasks: [] });
});

test("of what commits say the newest is kept, and no other project's is forgotten for it", async () => {
  let second = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1) + 1000 * second++).toISOString();
  const path = join(scratchFolder(), "metadata.db");
  const [other] = await openStore("P-other", path);
  const [store] = await openStore("P-one", path, now);
  await other.housekeep((tx) => setRemembered(tx, "c0", new Map([["config", "1"]])));
  for (let commit = 0; commit < 220; commit++)
    await store.housekeep((tx) => setRemembered(tx, `c${commit}`, new Map([["config", `${commit}`]])));
  await store.housekeep((tx) => setRemembered(tx, "c219", new Map([["config", "2"]])));
  const rows = query<{ commit_oid: string }>(
    path,
    "select commit_oid from remembered_commits where project_id = 'P-one' order by read_at",
  );
  expect([rows.length, rows[0]?.commit_oid]).toEqual([100, "c120"]);
  expect(await findRemembered(store, "c0")).toEqual(new Map());
  expect(await findRemembered(store, "c219")).toEqual(new Map([["config", "2"]]));
  expect(await findRemembered(other, "c0")).toEqual(new Map([["config", "1"]]));
});
