import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { query } from "../support/database.ts";
import { must, operate, refused, startWorker, trivialConfig, trivialWorld } from "../support/operate.ts";
import type { RunOptions, World } from "../support/world.ts";

/** The world's clock goes on by a minute with each command, so five commands are the silence of this lease. */
const shortLease = `${trivialConfig}worker_ttl: 5m\nmax_workers: 2\n`;

interface WorkerRow {
  readonly id: string;
  readonly status: string;
  readonly fence: number;
  readonly heartbeat_at: string;
  readonly ended_at: string | null;
}

function rowsOf(world: World): WorkerRow[] {
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  return query(path, "select id, status, fence, heartbeat_at, ended_at from workers order by started_at, id");
}

function eventsOf(world: World): string[] {
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const rows = query<{ actor: string; summary: string }>(path, "select actor, summary from events");
  return rows.map(({ actor, summary }) => `${actor}: ${summary}`);
}

const as = (worker: string): RunOptions => ({ env: { CALM_WORKER: worker } });

/** Lets time go by without a sign of life of any worker. */
async function silence(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) await must(world, "counter list");
}

async function worldWithTask(config = shortLease): Promise<World> {
  const world = await trivialWorld(config);
  await must(world, ["task", "create", "SPEC-1", "One"]);
  return world;
}

test.concurrent("a worker that works lives on; one that was silent is refused until it is resumed", async ({
  expect: check,
}) => {
  const world = await worldWithTask();
  const worker = await startWorker(world, "SPEC-1", "backend");
  for (let command = 0; command < 8; command++) await must(world, "task list", as(worker));
  check(rowsOf(world)).toMatchObject([{ status: "active", fence: 0 }]);
  await silence(world, 5);
  const stale = await operate(world, "task list", as(worker));
  check([stale.exitCode, stale.error?.code]).toEqual([7, "stale_worker"]);
  check(stale.error?.hint).toBe(`Take it up again: calm worker resume ${worker}`);
  check(eventsOf(world).at(-1)).toMatch(
    new RegExp(`^worker:${worker}: worker ${worker} went stale: no sign of life since 2026-01-01T`),
  );
  for (const line of [
    "counter increment own",
    "worker heartbeat",
    "worker complete",
    "status",
    "worker list",
  ]) {
    await refused(
      world,
      line,
      [7, "stale_worker", /no sign of life since/, `worker resume ${worker}`],
      as(worker),
    );
  }
  await refused(world, `worker complete ${worker}`, [7, "stale_worker", /is stale/, "worker resume"]);
  for (const words of [["--version"], ["worker", "--help"], ["completion", "bash"]]) {
    check((await world.calm(words, as(worker))).exitCode, words.join(" ")).toBe(0);
  }
  const completed = await world.calm(["complete", "--", "worker", "resume", ""], as(worker));
  check(completed.out).toContain(worker);
  const resumed = await must(world, `worker resume ${worker}`, as(worker));
  check(resumed).toMatchObject({ status: "active", ended_at: null, resumed: true });
  check(rowsOf(world)).toMatchObject([{ status: "active", fence: 1, ended_at: null }]);
  check((await must(world, "worker resume", as(worker)))["resumed"]).toBe(false);
  await must(world, "counter add own", as(worker));
  check(eventsOf(world).slice(-2)).toEqual([
    `worker:${worker}: resumed worker ${worker}`,
    `worker:${worker}: created counter own = 0`,
  ]);
});

test.concurrent("only whoever was started after it went stale is a successor, and only a free place is taken", async ({
  expect: check,
}) => {
  const world = await worldWithTask();
  const first = await startWorker(world, "SPEC-1", "reviewer");
  const peer = await startWorker(world, "SPEC-1", "reviewer");
  await silence(world, 4);
  await must(world, `worker heartbeat ${peer}`);
  await silence(world, 2);
  // The peer was there before: both may review.
  check((await must(world, `worker resume ${first}`))["resumed"]).toBe(true);
  await silence(world, 6);
  const other = await startWorker(world, "SPEC-1", "backend");
  check(rowsOf(world).map(({ status }) => status)).toEqual(["stale", "stale", "active"]);
  const successor = await startWorker(world, "SPEC-1", "reviewer");
  const error = await refused(world, `worker resume ${first}`, [
    ...([7, "worker_replaced", new RegExp(`${successor} was started as reviewer of SPEC-1`)] as const),
    "CALM_WORKER= calm worker start SPEC-1 reviewer",
  ]);
  check(error.details).toMatchObject({ successor, successor_status: "active" });
  await must(world, `worker complete ${successor}`);
  await refused(world, `worker resume ${peer}`, [7, "worker_replaced", /cannot go on/, "worker start"]);
  // Another role is no successor; but the two places may be taken.
  await silence(world, 6);
  const one = await startWorker(world, "SPEC-1", "qa");
  await startWorker(world, "SPEC-1", "qa");
  await refused(world, `worker resume ${other}`, [
    4,
    "too_many_workers",
    /allows 2/,
    `worker complete ${one}`,
  ]);
  await must(world, `worker fail ${one} --reason no`);
  check((await must(world, `worker resume ${other}`))["resumed"]).toBe(true);
  await refused(world, `worker resume ${one}`, [
    4,
    "worker_ended",
    /is failed already/,
    "worker start SPEC-1 qa",
  ]);
  await refused(
    world,
    ["worker", "start", "SPEC-1", "qa"],
    [4, "too_many_workers", /2 workers/, "worker complete"],
  );
});

test.concurrent("an ended worker may only read; one of another project is told once, and only when it writes", async ({
  expect: check,
}) => {
  const world = await worldWithTask();
  const worker = await startWorker(world, "SPEC-1", "backend");
  await must(world, "worker complete", as(worker));
  for (const line of ["task show SPEC-1", "status", "worker list"]) await must(world, line, as(worker));
  for (const line of [
    "counter increment merge_lock",
    "worker heartbeat",
    ["task", "create", "SPEC-2", "x"],
  ]) {
    await refused(
      world,
      line,
      [4, "worker_ended", /is completed and may only read/, "export CALM_WORKER=$("],
      as(worker),
    );
  }
  await refused(world, `worker heartbeat ${worker}`, [
    4,
    "worker_ended",
    /completed already/,
    "worker start",
  ]);
  check((await operate(world, "task list", as("W-elsewhere"))).warnings).toEqual([]);
  const written = await operate(world, "worktree create SPEC-1", as("W-elsewhere"));
  check([written.exitCode, written.warnings]).toEqual([
    0,
    ["CALM_WORKER is W-elsewhere, which is no worker of this project; it stands in the log as a name only"],
  ]);
});

test.concurrent("heartbeat, complete and fail are about the worker named, else about CALM_WORKER", async ({
  expect: check,
}) => {
  const world = await worldWithTask(trivialConfig);
  const one = await startWorker(world, "SPEC-1", "backend");
  const two = await startWorker(world, "SPEC-1", "qa");
  const beat = await must(world, "worker heartbeat", as(one));
  check(Date.parse(beat["lease_until"] as string) - Date.parse(beat["heartbeat_at"] as string)).toBe(
    30 * 60_000,
  );
  check((await must(world, `worker heartbeat ${two}`, as(one)))["id"]).toBe(two);
  for (const verb of ["heartbeat", "complete", "fail", "resume"]) {
    await refused(world, `worker ${verb}`, [
      2,
      "invalid_input",
      /CALM_WORKER is not set/,
      `calm worker ${verb} W-`,
    ]);
  }
  await refused(world, "worker heartbeat W-none", [3, "worker_not_found", /W-none/, "worker list"]);
  check(await must(world, ["worker", "fail", "--reason", "no network"], as(two))).toMatchObject({
    ...{ id: two, status: "failed", reason: "no network" },
  });
  await must(world, "worktree create SPEC-1");
  world.write("a.js", "1\n", world.worktree("SPEC-1"));
  world.write("b.js", "2\n", world.worktree("SPEC-1"));
  const { exitCode, data, warnings } = await operate(world, "worker complete", as(one));
  check([exitCode, data["status"]]).toEqual([0, "completed"]);
  const here = `git -C ${world.worktree("SPEC-1")}`;
  check(warnings).toEqual([
    `The worktree of SPEC-1 has 2 uncommitted files (a.js, b.js), which no gate and no merge sees. ` +
      `Commit them: ${here} add -A && ${here} commit -m "<what changed>"`,
  ]);
});

test.concurrent("cleanup marks by age; start, list and status mark by the lease", async ({
  expect: check,
}) => {
  const world = await worldWithTask(`${trivialConfig}worker_ttl: 100m\nmax_workers: 1\n`);
  const worker = await startWorker(world, "SPEC-1", "backend");
  check((await must(world, "worker cleanup"))["workers"]).toEqual([]);
  const dry = await must(world, "worker cleanup --max-age-hours 0.01 --dry-run");
  check([(dry["workers"] as { id: string }[]).map(({ id }) => id), rowsOf(world)[0]?.status]).toEqual([
    [worker],
    "active",
  ]);
  check((await world.calm(["worker", "cleanup", "--max-age-hours", "0.01"])).out).toBe(
    `Marked 1 stale workers\n  ${worker}  SPEC-1  backend\n`,
  );
  check((await world.calm(["worker", "cleanup"])).out).toBe("Marked 0 stale workers\n");
  await refused(world, "worker cleanup --max-age-hours -1", [2, "invalid_input", /max-age-hours/, "--help"]);
  for (const line of ["status", "status workers", "worker list", "worker start SPEC-1 qa"]) {
    await must(world, `worker resume ${worker}`);
    query(
      join(world.env["CALM_HOME"] ?? "", "metadata.db"),
      "update workers set ttl_ms = 1 where id = ? returning id",
      worker,
    );
    await must(world, line);
    check(rowsOf(world)[0]?.status, line).toBe("stale");
  }
});

test.concurrent("--all-projects shows the workers of other repositories, and marks none of them", async ({
  expect: check,
}) => {
  const world = await worldWithTask();
  const worker = await startWorker(world, "SPEC-1", "backend");
  const elsewhere = join(world.folder, "other");
  mkdirSync(elsewhere);
  world.git(["init", "--quiet", "--initial-branch=main"], elsewhere);
  world.commit({ "README.md": "x\n" }, "first", elsewhere);
  const there = { cwd: elsewhere };
  await must(world, ["task", "create", "SPEC-1", "Namesake"], there);
  const [id] = [(await must(world, "worker start SPEC-1 qa", there))["id"]];
  await silence(world, 6);
  check(await must(world, "worker list --all-projects --status stale", there)).toMatchObject({
    workers: [{ id: worker, project: "repo", status: "stale" }],
  });
  check(rowsOf(world).map(({ status }) => status)).toEqual(["active", "active"]);
  const own = await must(world, "worker list", there);
  check(own["workers"]).toEqual([check.objectContaining({ id })]);
  check((own["workers"] as object[]).some((one) => "project" in one)).toBe(false);
  check((await world.calm(["worker", "list", "--all-projects"], there)).out).toMatch(
    /^PROJECT .*\nrepo .*\nother /,
  );
});
