import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { backupOf, databaseOf, inconsistencies, namesInBackups } from "../support/backups.ts";
import { query } from "../support/database.ts";
import { must } from "../support/operate.ts";
import { type Ended, realCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const rounds = Number(process.env["CALM_TEST_BACKUP_ROUNDS"] ?? 1);

async function countingWorld(): Promise<World> {
  const world = createWorld();
  await must(world, "counter add ticks");
  return world;
}

/** Runs real commands one after the other until stopped; gives those that did not succeed. */
function keepRunning(world: World, argv: readonly string[]): { stop(): Promise<readonly Ended[]> } {
  let stopped = false;
  const failed: Ended[] = [];
  const loop = async (): Promise<readonly Ended[]> => {
    while (!stopped) {
      const ran = await realCalm(argv, { cwd: world.repository, env: world.env });
      if (ran.exitCode !== 0) failed.push(ran);
    }
    return failed;
  };
  const running = loop();
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

/** Waits until others have written. */
async function someTicks(world: World): Promise<void> {
  const sql = "select count(*) as n from events where operation = 'counter increment'";
  const count = (): number => query<{ n: number }>(databaseOf(world), sql)[0]?.n ?? 0;
  const before = count();
  while (count() < before + 2) await sleep(20);
}

const place = (world: World) => ({ cwd: world.repository, env: world.env });

test("D1, D9: backups taken while 10 processes write are each one moment; all 12 autos at once leave 10", async () => {
  const world = await countingWorld();
  const writers = Array.from({ length: 10 }, () => keepRunning(world, ["counter", "increment", "ticks"]));
  for (let round = 0; round < rounds; round++) {
    await someTicks(world);
    expect(await realCalm(["backup", "create", `at-${round}`], place(world))).toMatchObject({ exitCode: 0 });
  }
  for (const writer of writers) expect(await writer.stop()).toEqual([]);
  for (let round = 0; round < rounds; round++)
    expect(inconsistencies(backupOf(world, `at-${round}`))).toEqual([]);
  const [{ n } = { n: 0 }] = query<{ n: number }>(
    backupOf(world, "at-0"),
    "select value as n from counters where name = 'ticks'",
  );
  expect(n).toBeGreaterThan(0);
  const autos = await Promise.all(
    Array.from({ length: 12 }, () => realCalm(["backup", "auto"], place(world))),
  );
  expect(autos.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const left = namesInBackups(world);
  expect(left.filter((name) => name.startsWith("auto_"))).toHaveLength(10);
  expect(left.filter((name) => name.startsWith("at-"))).toHaveLength(rounds);
  expect(left.filter((name) => name.startsWith("."))).toEqual([]);
}, 600_000);

test("D2: a restore among readers and writers: each sees one state, none fails, none is half", async () => {
  const world = await countingWorld();
  for (let tick = 0; tick < 3; tick++) await must(world, "counter increment ticks");
  await must(world, "backup create three");
  const others = [
    ...Array.from({ length: 3 }, () => keepRunning(world, ["counter", "increment", "ticks"])),
    keepRunning(world, ["log"]),
    keepRunning(world, ["status"]),
  ];
  for (let round = 0; round < rounds; round++) {
    await someTicks(world);
    const restored = await realCalm(["--json", "backup", "restore", "three", "--yes"], place(world));
    expect(restored).toMatchObject({ exitCode: 0 });
    const { data } = JSON.parse(restored.out) as { data: { kept: string } };
    // Nothing was written between the copy that is kept and the moment of turning back.
    expect(inconsistencies(backupOf(world, data.kept))).toEqual([]);
    expect(inconsistencies(databaseOf(world))).toEqual([]);
  }
  for (const other of others) expect(await other.stop()).toEqual([]);
  expect(inconsistencies(databaseOf(world))).toEqual([]);
  // Each restore turns the event of the one before back, too.
  const told = query(databaseOf(world), "select seq from events where operation = 'backup restore'");
  expect(told).toHaveLength(1);
}, 600_000);
