import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import { type Ended, realCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

interface WorkerRow {
  readonly id: string;
  readonly status: string;
  readonly fence: number;
  readonly heartbeat_at: string;
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

function workersOf(world: World): WorkerRow[] {
  return query(databaseOf(world), "select id, status, fence, heartbeat_at from workers order by id");
}

async function calm(world: World, line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return realCalm(line.split(" "), { cwd: world.repository, env: { ...world.env, ...env } });
}

async function worldWithTask(): Promise<World> {
  const world = createWorld({ ".calm/config.yaml": "version: 1\nmax_workers: 6\n" });
  expect(await calm(world, "task create SPEC-1 One")).toMatchObject({ exitCode: 0 });
  return world;
}

const longAgo = "2020-01-01T00:00:00.000Z";

test("20 workers start at once: as many as there are places, and dead ones take none", async () => {
  const world = await worldWithTask();
  for (let dead = 0; dead < 3; dead++) await calm(world, "worker start SPEC-1 qa");
  change(databaseOf(world), `update workers set heartbeat_at = '${longAgo}'`);
  const ran = await Promise.all(Array.from({ length: 20 }, () => calm(world, "worker start SPEC-1 backend")));
  const started = ran.filter(({ exitCode }) => exitCode === 0).map(({ out }) => out.trim());
  expect(started).toHaveLength(6);
  const refused = ran.filter(({ exitCode }) => exitCode !== 0);
  expect(refused.filter(({ exitCode, err }) => exitCode !== 4 || !err.includes("allows 6"))).toEqual([]);
  const active = workersOf(world).filter(({ status }) => status === "active");
  expect(active.map(({ id }) => id)).toEqual([...started].sort());
  expect(workersOf(world).filter(({ status }) => status === "stale")).toHaveLength(3);
});

test("cleanup, heartbeat, resume and work of the same workers at once: the record of each adds up", async () => {
  const world = await worldWithTask();
  const ids: string[] = [];
  for (let worker = 0; worker < 3; worker++)
    ids.push((await calm(world, "worker start SPEC-1 qa")).out.trim());
  // Silent for an hour: still alive when a heartbeat comes first, stale when the cleanup does.
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  change(databaseOf(world), `update workers set ttl_ms = 100000000, heartbeat_at = '${hourAgo}'`);
  const lines = ids.flatMap((id) => [
    ...[
      { line: `worker heartbeat ${id}`, id },
      { line: `worker resume ${id}`, id },
    ],
    ...[
      { line: "worker cleanup --max-age-hours 0.5", id },
      { line: `counter increment own`, id, acts: true },
    ],
  ]);
  expect((await calm(world, "counter add own 0")).exitCode).toBe(0);
  const ran = await Promise.all(
    lines.map(async ({ line, id, acts }) => ({
      ...{ line, id, ended: await calm(world, line, acts === true ? { CALM_WORKER: id } : {}) },
    })),
  );
  const events = query<{ summary: string }>(databaseOf(world), "select summary from events order by seq");
  const count = (text: string): number => events.filter(({ summary }) => summary.startsWith(text)).length;
  for (const { id, status, fence } of workersOf(world)) {
    const [marked, resumed] = [count(`worker ${id} went stale`), count(`resumed worker ${id}`)];
    expect([id, marked - resumed, fence]).toEqual([id, status === "stale" ? 1 : 0, resumed]);
  }
  expect(ran.filter(({ ended }) => ![0, 7].includes(ended.exitCode ?? -1))).toEqual([]);
  const increments = ran.filter(({ line, ended }) => line.startsWith("counter") && ended.exitCode === 0);
  expect((await calm(world, "counter get own")).out).toBe(`${increments.length}\n`);
});

test("within a minute a command reads the lease and writes nothing", async () => {
  const world = await worldWithTask();
  const id = (await calm(world, "worker start SPEC-1 qa")).out.trim();
  const before = workersOf(world);
  await sleep(5);
  expect((await calm(world, "task list", { CALM_WORKER: id })).exitCode).toBe(0);
  expect(workersOf(world)).toEqual(before);
  change(
    databaseOf(world),
    `update workers set heartbeat_at = '${new Date(Date.now() - 61_000).toISOString()}'`,
  );
  expect((await calm(world, "task list", { CALM_WORKER: id })).exitCode).toBe(0);
  expect(Date.now() - Date.parse(workersOf(world)[0]?.heartbeat_at ?? "")).toBeLessThan(30_000);
});
