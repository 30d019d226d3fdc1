import { expect, test } from "vitest";
import { databaseOf } from "../support/backups.ts";
import { change } from "../support/database.ts";
import { realCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

type Data = Readonly<Record<string, unknown>>;

/** Runs the real program in a time zone; gives its data. */
async function within(world: World, zone: string, line: string, worker = ""): Promise<Data> {
  const env = { ...world.env, TZ: zone, CALM_WORKER: worker };
  const { exitCode, out, err } = await realCalm([...line.split(" "), "--json"], {
    cwd: world.repository,
    env,
  });
  expect(exitCode, `${line} in ${zone}: ${out}${err}`).toBe(0);
  return (JSON.parse(out) as { data: Data }).data;
}

async function statusOf(world: World, zone: string): Promise<unknown> {
  const { workers } = await within(world, zone, "worker list");
  return (workers as readonly Data[]).map(({ status }) => status);
}

test("D14: in another time zone, and after the clock was set back, nobody is stale and the log keeps its order", async () => {
  const world = createWorld();
  await within(world, "America/New_York", "task create SPEC-1 One");
  const { id } = await within(world, "America/New_York", "worker start SPEC-1 backend");
  // A local time would be hours of silence here, and a sign of life from the future there.
  for (const zone of ["UTC", "Asia/Tokyo", "Pacific/Kiritimati"]) {
    expect(await statusOf(world, zone), zone).toEqual(["active"]);
  }
  // As a clock leaves it that was a day ahead and has been set right.
  const ahead = new Date(Date.now() + 24 * 60 * 60_000).toISOString();
  change(
    databaseOf(world),
    `update workers set heartbeat_at = '${ahead}'; update events set at = '${ahead}'`,
  );
  await within(world, "UTC", "counter increment merge_lock", String(id));
  expect(await statusOf(world, "UTC")).toEqual(["active"]);
  const { events } = await within(world, "UTC", "log");
  const told = (events as readonly Data[]).map(({ operation, at }) => [operation, String(at) < ahead]);
  expect(told).toEqual([
    ["task create", false],
    ["worker start", false],
    ["counter increment", true],
  ]);
  expect(await within(world, "UTC", "undo --dry-run")).toMatchObject({ operation: "counter increment" });
});
