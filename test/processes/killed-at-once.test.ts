import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { realCalm, startCalm } from "../support/real-calm.ts";
import { createWorld } from "../support/world.ts";

/** How many commands each writer starts; more for a long run. */
const commands = Number(process.env["CALM_TEST_KILLED_WRITES"] ?? 12);
const writers = 4;

test("D16: writers are killed at any moment: what was acknowledged is there, and nothing is half", async () => {
  const world = createWorld();
  const place = { cwd: world.repository, env: world.env };
  expect((await realCalm(["counter", "add", "many"], place)).exitCode).toBe(0);
  const said: number[] = [];
  let killed = 0;
  const write = async (writer: number): Promise<void> => {
    for (let count = 0; count < commands; count++) {
      const { child, ended } = startCalm(["counter", "increment", "many"], place);
      // Every third one lives; the others die before, while and after they write.
      if (count % 3 !== 0) {
        await sleep(60 + ((count * 97 + writer * 41) % 400));
        child.kill("SIGKILL");
      }
      const { out, signal } = await ended;
      if (signal === "SIGKILL") killed += 1;
      const value = /^many = (\d+)$/m.exec(out)?.[1];
      if (value !== undefined) said.push(Number(value));
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  expect(killed).toBeGreaterThan(0);
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const [{ value } = { value: -1 }] = query<{ value: number }>(
    path,
    "select value from counters where name = 'many'",
  );
  // A number that was said twice, or is higher than the last one, was lost and given again.
  expect(new Set(said).size).toBe(said.length);
  expect(value).toBeGreaterThanOrEqual(Math.max(...said));
  expect(value).toBeLessThanOrEqual(writers * commands);
  expect(query(path, "select count(*) as n from events where summary like 'incremented many%'")).toEqual([
    { n: value },
  ]);
  expect(query(path, "pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
});
