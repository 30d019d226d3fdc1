import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TableAccount } from "../../src/migrate/account.ts";
import { anyText } from "../support/any-text.ts";
import { query } from "../support/database.ts";
import { must, stateOf } from "../support/operate.ts";
import { looseSchema, makeOriginal, type Rows, type Value } from "../support/original.ts";
import { chosenSeed, samples } from "../support/samples.ts";
import { createWorld, scratchFolder } from "../support/world.ts";

const columnsOf: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...looseSchema.matchAll(/create table (\w+) \(([^)]*)\)/g)].map(([, table = "", columns = ""]) => [
    table,
    columns.split(",").map((column) => column.trim()),
  ]),
);

const id = fc.constantFrom("SPEC-1", "SPEC-2", "BUG-1", "spec-1", "tmpX", "a b", "");
const rubbish: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: anyText().map((text) => text.replaceAll("\0", "")) },
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.uint8Array({ maxLength: 20 }),
  fc.json(),
);
const likely: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  ...{
    id,
    task_id: id,
    spec_id: id,
    blocked_by: fc.oneof(
      id,
      fc.array(id).map((ids) => JSON.stringify(ids)),
    ),
  },
  ...{
    phase: fc.constantFrom("SPEC", "REVIEW", "DONE", "FIXED"),
    task_type: fc.constantFrom("feature", "bug"),
  },
  ...{
    to_phase: fc.constantFrom("SPEC", "TEST"),
    role: fc.constant("backend"),
    status: fc.constantFrom("idle", "active"),
  },
  ...{
    review_type: fc.constant("code"),
    result: fc.constant("approved"),
    name: fc.constantFrom("merge_lock", "deploys"),
  },
  ...{
    transition: fc.constant("SPEC-DESIGN"),
    commit_sha: fc.constant("abc1234"),
    merge_commit: fc.constant("abc1234"),
  },
};

/** Rows as they should be for the most part, and as SQLite would let them be. */
const rows: fc.Arbitrary<Rows> = fc.record(
  Object.fromEntries(
    Object.entries(columnsOf).map(([table, columns]) => {
      const row = columns.map((column) => {
        const usual = likely[column];
        return [column, usual ? fc.oneof({ weight: 5, arbitrary: usual }, rubbish) : rubbish] as const;
      });
      return [table, fc.array(fc.record(Object.fromEntries(row)), { maxLength: 8 })];
    }),
  ),
);

test("whatever the rows hold: the account adds up, every row is found again, and nothing breaks", async () => {
  const world = createWorld();
  let number = 0;
  const property = fc.asyncProperty(rows, async (given) => {
    number += 1;
    const file = join(scratchFolder(), "claws.db");
    const env = { CALM_HOME: join(world.folder, `home-${number}`) };
    makeOriginal(file, looseSchema, given);
    const data = await must(world, ["migrate", file], { env });
    const tables = data["tables"] as TableAccount[];
    const database = join(env.CALM_HOME, "metadata.db");
    const ask = (sql: string): number =>
      query<{ n: number }>(database, `select count(*) as n from ${sql}`)[0]?.n ?? -1;
    for (const [table, list] of Object.entries(given)) {
      const account = tables.find((one) => one.table === table);
      const {
        read = 0,
        kept = 0,
        changed = 0,
        set_aside: aside = 0,
        already_here: already = 0,
      } = account ?? {};
      expect([read, already]).toEqual([list.length, 0]);
      expect(read).toBe(kept + changed + aside);
      expect(ask(`migrated_rows where table_name = '${table}'`)).toBe(read);
      expect(ask(`migration_leftovers where table_name = '${table}'`)).toBe(changed + aside);
      const target = { gate_passes: "gate_runs", merge_log: "merges" }[table] ?? table;
      if (target !== "counters") expect(ask(target), table).toBe(kept + changed);
    }
    expect(query(database, "pragma foreign_key_check")).toEqual([]);
    for (const line of ["task list --include-done", "status", "worker list", "log"])
      await must(world, line, { env });
    const inside = { ...world, env: { ...world.env, ...env } };
    const before = stateOf(inside);
    await must(world, ["migrate", file], { env });
    expect(stateOf(inside)).toEqual(before);
  });
  await fc.assert(property, { numRuns: samples(3, 10, "CALM_TEST_MIGRATIONS"), ...chosenSeed });
}, 600_000);
