import { join } from "node:path";
import ts from "typescript";
import { expect, onTestFinished, test } from "vitest";
import { openOrCreate } from "../../src/store/open-database.ts";
import { type Queries, queriesOf, sql } from "../../src/store/queries.ts";
import { restoreRows } from "../../src/store/restore.ts";
import { takeSnapshot } from "../../src/store/snapshot.ts";
import { closeDatabase, openDatabase, pragmaText } from "../../src/store/sqlite.ts";
import { createStore, type Stamp } from "../../src/store/store.ts";
import { playEveryQuery } from "../support/every-query.ts";
import { watchQueries } from "../support/kysely-oracle.ts";
import { lineOf, sourceFiles, walk } from "../support/source-files.ts";
import { scratchFolder } from "../support/world.ts";

const steps =
  /^(selectFrom|insertInto|updateTable|deleteFrom|select|selectAll|distinct|innerJoin|leftJoin|where|union|orderBy|limit|onConflict|returning|set|values|execute\w*)$/;

/** The lines of the store's files that take a step in writing a query: `tasks.ts:12`. */
function linesWithSteps(): string[] {
  const lines: string[] = [];
  for (const file of sourceFiles("store/").filter(({ path }) => !/^store\/(sql\/|queries)/.test(path))) {
    walk(file.ast, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const { name, expression } = node.expression;
      // Others have such methods, too: maps, objects.
      if (/^(set|values)$/.test(name.text) && !ts.isCallExpression(expression)) return;
      if (steps.test(name.text)) lines.push(`${file.path.slice("store/".length)}:${lineOf(file, name)}`);
    });
  }
  return lines;
}

test("kysely is in the program as types alone", () => {
  const imports = sourceFiles("store/").flatMap((file) => file.imports);
  expect(imports.filter(({ from, typeOnly }) => /^kysely/.test(from) && !typeOnly)).toEqual([]);
});

test("every query that the store makes is the one that kysely would write: its words, and its values in their order", async () => {
  const { lines, end } = watchQueries();
  onTestFinished(end);
  const [path, copy] = [join(scratchFolder(), "metadata.db"), join(scratchFolder(), "copy.db")];
  const stamp: Stamp = {
    ...{
      operation: "test",
      run: "run",
      actor: { name: "user:ann", channel: "cli", user: "ann" },
      host: "here",
    },
    ...{ process: { pid: 1, started: "1" }, now: () => "2026-01-01T00:00:00.000Z" },
  };
  const store = createStore(openOrCreate(path, "unique"), "P-one", stamp);
  await playEveryQuery(store);
  await store.close();
  await takeSnapshot(path, copy);
  const keep = () => Promise.resolve({ backup: "b", kept: undefined, newOperation: () => "J-2" });
  await restoreRows(openOrCreate(path, "unique"), copy, { stamp, isAlive: () => false, keep });
  expect(linesWithSteps().filter((line) => !lines.has(line))).toEqual([]);
});

test("a query waits while a transaction of its process is open, transactions come one by one, and an ended one is shut", async () => {
  const db = queriesOf(openDatabase(":memory:"));
  onTestFinished(() => {
    db.close();
  });
  await sql`create table t (n integer)`.execute(db);
  const count = async (within: Queries): Promise<unknown> =>
    (await sql`select count(*) as n from t`.execute(within)).rows;
  const told: unknown[] = [];
  const add = (name: string, fails: boolean) =>
    db.transaction(async (tx) => {
      await sql`insert into t values (1)`.execute(tx);
      await new Promise((done) => setImmediate(done));
      told.push(name, await count(tx));
      if (fails) throw new Error("on purpose");
      return tx;
    });
  const asked: Promise<unknown>[] = [add("one", false), count(db), add("two", true), count(db)];
  const [tx, first, failed, second] = await Promise.allSettled(asked);
  expect(told).toEqual(["one", [{ n: 1 }], "two", [{ n: 2 }]]);
  expect([first, failed, second]).toMatchObject([
    { value: [{ n: 1 }] },
    { reason: { message: "on purpose" } },
    { value: [{ n: 1 }] },
  ]);
  await expect(count((tx as PromiseFulfilledResult<Queries>).value)).rejects.toThrow("has ended");
  await expect(db.selectFrom("tasks").selectAll().execute()).rejects.toThrow("no such table");
});

test("what may be left is busy at once while another process writes; whoever has to write waits again after it", async () => {
  const path = join(scratchFolder(), "metadata.db");
  const [database, other] = [openDatabase(path), openDatabase(path)];
  onTestFinished(() => {
    for (const one of [database, other]) closeDatabase(one);
  });
  const db = queriesOf(database);
  await sql`create table t (n integer)`.execute(db);
  const add = (tx: Queries) => sql`insert into t values (1)`.execute(tx);
  const patience = pragmaText(database, "busy_timeout");
  other.exec("begin immediate");
  await expect(db.transaction(add, "only if free")).rejects.toMatchObject({ code: "busy" });
  other.exec("rollback");
  expect([Number(patience) > 0, pragmaText(database, "busy_timeout")]).toEqual([true, patience]);
  await db.transaction(add, "only if free");
  expect((await sql`select n from t`.execute(db)).rows).toEqual([{ n: 1 }]);
});
