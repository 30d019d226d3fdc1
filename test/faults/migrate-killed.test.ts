import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { dump, query } from "../support/database.ts";
import { makeOriginal, pythonSchema, type Rows } from "../support/original.ts";
import { realCalm, startCalm } from "../support/real-calm.ts";
import { createWorld } from "../support/world.ts";

const kills = Number(process.env["CALM_TEST_RANDOM_KILLS"] ?? 3);
const at = "2025-12-04 10:20:30";

function rowsFor(repository: string): Rows {
  const times = { created_at: at, updated_at: at };
  return {
    tasks: Array.from({ length: 100 }, (_, index) => ({
      ...{ id: `SPEC-${index}`, title: "x".repeat(400), phase: "DONE", project_path: repository, ...times },
    })),
    phase_transitions: Array.from({ length: 300 }, (_, index) => ({
      ...{ task_id: `SPEC-${index % 100}`, from_phase: "SPEC", to_phase: "DESIGN", transitioned_at: at },
    })),
  };
}

test("kill -9 during an adoption leaves the original's database as it was, or calm's, whole", async () => {
  const world = createWorld();
  const place = { cwd: world.repository, env: world.env };
  const home = world.env["CALM_HOME"] ?? "";
  const database = join(home, "metadata.db");
  const kept = join(world.folder, "kept");
  makeOriginal(database, pythonSchema, rowsFor(world.repository));
  const before = dump(database);
  cpSync(home, kept, { recursive: true });
  const started = Date.now();
  expect(await realCalm(["migrate"], place)).toMatchObject({ exitCode: 0 });
  const span = Date.now() - started;
  const adopted = query(
    database,
    "select count(*) as rows from phase_transitions where project_id is not null",
  );
  const seen = { untouched: 0, adopted: 0 };
  for (let round = 0; round < kills; round++) {
    rmSync(home, { recursive: true });
    cpSync(kept, home, { recursive: true });
    const { child, ended } = startCalm(["migrate"], place);
    const delay = Math.round(span * (0.3 + (0.75 * (round + 1)) / (kills + 1)));
    await sleep(delay);
    child.kill("SIGKILL");
    await ended;
    const told = `killed after ${delay} of ${span} ms`;
    const [{ application_id: id } = { application_id: -1 }] = query<{ application_id: number }>(
      database,
      "pragma application_id",
    );
    if (id === 0) expect(dump(database), told).toEqual(before);
    seen[id === 0 ? "untouched" : "adopted"] += 1;
    for (const name of readdirSync(home).includes("backups") ? readdirSync(join(home, "backups")) : []) {
      if (!/\.partial/.test(name)) expect(dump(join(home, "backups", name)), told).toEqual(before);
    }
    const again = await realCalm(["migrate"], place);
    expect(again.exitCode, `${told}: ${again.err}`).toBe(0);
    expect(
      query(database, "select count(*) as rows from phase_transitions where project_id is not null"),
    ).toEqual(adopted);
    expect(query(database, "pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect((await realCalm(["task", "list", "--include-done", "--json"], place)).exitCode, told).toBe(0);
  }
  expect(seen.untouched + seen.adopted).toBe(kills);
}, 600_000);
