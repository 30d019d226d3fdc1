import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TableAccount } from "../../src/migrate/account.ts";
import { query } from "../support/database.ts";
import { must, stateOf } from "../support/operate.ts";
import { clawsSchema, growOriginal, makeOriginal, realSizeRows } from "../support/original.ts";
import { createWorld, type World } from "../support/world.ts";

function accountOf(data: Record<string, unknown>, table: string): Partial<TableAccount> | undefined {
  const found = (data["tables"] as TableAccount[]).find((one) => one.table === table);
  if (!found) return undefined;
  const { source, ...account } = found;
  expect(source).toContain("/");
  return account;
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

function ask<T>(world: World, sql: string): T[] {
  return query<T>(databaseOf(world), sql);
}

test("a claws.db of real size comes over, its account adds up, and everything works afterwards", async () => {
  const world = createWorld();
  const claws = join(world.repository, ".claude/claws.db");
  makeOriginal(claws, clawsSchema, realSizeRows());
  const rehearsed = await must(world, "migrate --dry-run");
  expect(existsSync(databaseOf(world))).toBe(false);
  const data = await must(world, "migrate");
  expect({ ...data, dry_run: true }).toEqual(rehearsed);
  expect(ask(world, "select * from gate_passes")).toEqual([]);
  const shown = await world.calm(["migrate", "--dry-run"], { env: { COLUMNS: "140" } });
  console.log(shown.out);
  console.log(JSON.stringify(data["remarks"], null, 1).slice(0, 6000));
  expect(accountOf(data, "workers")).toMatchObject({ read: 640, kept: 74, set_aside: 566 });
  for (const line of [
    "task list --include-done",
    "task show SPEC-001",
    "status",
    "worker list",
    "log",
    "review list SPEC-005",
  ])
    await must(world, line);
  const before = stateOf(world);
  const again = await must(world, "migrate");
  expect(stateOf(world)).toEqual(before);
  expect((again["tables"] as TableAccount[]).every((one) => one.read === one.already_here)).toBe(true);
  growOriginal(claws, {
    merge_log: [{ task_id: "SPEC-001", merged_at: "2025-12-05 00:00:00", merge_commit: "abc1234" }],
  });
  expect(accountOf(await must(world, "migrate"), "merge_log")).toMatchObject({
    read: 70,
    kept: 1,
    already_here: 69,
  });
});
