import { existsSync, mkdirSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applicationId } from "../../src/store/create-database.ts";
import { migrations } from "../../src/store/migrations/index.ts";
import { query, schemaOf } from "../support/database.ts";
import { startCalm } from "../support/real-calm.ts";
import { samples } from "../support/samples.ts";
import { createWorld, type World } from "../support/world.ts";

/** Starts calm on an empty home and kills it this many milliseconds after the database's making has begun. */
async function killWhileCreating(world: World, home: string, delay: number): Promise<string[]> {
  mkdirSync(home);
  const { child, ended } = startCalm(["counter", "list"], {
    cwd: world.repository,
    env: { ...world.env, CALM_HOME: home },
  });
  const watcher = watch(home, () => {
    watcher.close();
    setTimeout(() => child.kill("SIGKILL"), delay);
  });
  await ended;
  watcher.close();
  return readdirSync(home);
}

test("D8: kill -9 while the database is made leaves none, or a whole one, and the next command works", async () => {
  const world = createWorld();
  const seen = { none: 0, whole: 0 };
  // Milliseconds; the whole takes about ten.
  const delays = Array.from({ length: samples(6, 14) }, (_, round) => (round % 14) * 0.7);
  let homes = 0;
  const next = async (): Promise<void> => {
    // On a loaded machine the kill may come too late many times.
    for (let more = 40; delays.length > 0 || (seen.none === 0 && more > 0); more--) {
      const delay = delays.shift() ?? 0;
      const home = join(world.folder, `home-${++homes}`);
      const database = join(home, "metadata.db");
      await killWhileCreating(world, home, delay);
      seen[existsSync(database) ? "whole" : "none"]++;
      if (existsSync(database)) {
        expect(query(database, "pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
        expect(query(database, "pragma user_version")).toEqual([{ user_version: migrations.length }]);
        expect(query(database, "pragma application_id")).toEqual([{ application_id: applicationId }]);
      }
      const ran = await world.calm(["counter", "list"], { env: { CALM_HOME: home } });
      expect(ran).toMatchObject({ exitCode: 0, err: "" });
      expect(schemaOf(database)).toContain("CREATE TABLE events");
    }
  };
  await Promise.all([next(), next()]);
  // Otherwise the delays no longer hit the moment.
  expect(seen.none).toBeGreaterThan(0);
});
