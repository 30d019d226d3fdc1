import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import { query } from "../support/database.ts";
import {
  gitThatFirst,
  during,
  leftovers,
  mergeable,
  mergeRecords,
  mergeWorld,
  pausedTests,
  putIntoPhase,
} from "../support/mergeable.ts";
import { type Answer, must, operate, phaseOf, startWorker } from "../support/operate.ts";
import { program } from "../support/real-calm.ts";
import type { World } from "../support/world.ts";

function ask<T>(world: World, sql: string, ...values: string[]): T[] {
  return query<T>(join(world.env["CALM_HOME"] ?? "", "metadata.db"), sql, ...values);
}

/** A feature with work to check, and a worker on it. */
async function busyWorker(phase: string): Promise<{ world: World; worker: string }> {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-1");
  putIntoPhase(world, "SPEC-1", phase);
  return { world, worker: await startWorker(world, "SPEC-1", "backend") };
}

/** Runs a command of the worker whose tests pause, and something else before they go on. */
async function inTheMidst(
  { world, worker }: { readonly world: World; readonly worker: string },
  line: string,
  meanwhile: () => Promise<void>,
): Promise<Answer> {
  const paused = pausedTests(world);
  const env = { ...during(world, paused.script).env, CALM_WORKER: worker };
  const running = operate(world, line, { env });
  await paused.reached();
  await meanwhile();
  paused.goOn();
  const answer = await running;
  paused.reset();
  return answer;
}

const runsOfGates = "select state, verdict from gate_runs order by id";

test.concurrent("a gate whose worker went stale records no evidence, not even when the worker was resumed", async ({
  expect: check,
}) => {
  const busy = await busyWorker("IMPLEMENT");
  const { world, worker } = busy;
  const lost = await inTheMidst(busy, "gate check SPEC-1", async () => {
    await must(world, "worker cleanup --max-age-hours 0");
  });
  check([lost.exitCode, lost.error?.code]).toEqual([7, "stale_worker"]);
  await must(world, `worker resume ${worker}`);
  const fenced = await inTheMidst(busy, "gate check SPEC-1", async () => {
    await must(world, "worker cleanup --max-age-hours 0");
    await must(world, `worker resume ${worker}`);
  });
  check([fenced.exitCode, fenced.error?.code]).toEqual([7, "stale_worker"]);
  check(fenced.error?.message).toContain("was resumed while this command ran");
  const ended = await inTheMidst(busy, "gate check SPEC-1", async () => {
    await must(world, `worker fail ${worker}`);
  });
  check([ended.exitCode, ended.error?.code]).toEqual([4, "worker_ended"]);
  const abandoned = { state: "abandoned", verdict: "fail" };
  check(ask(world, runsOfGates)).toEqual([abandoned, abandoned, abandoned]);
  check(ask(world, "select id from check_runs")).toEqual([]);
});

test.concurrent("a running gate renews its worker's lease, and is stopped when the lease is lost", async ({
  expect: check,
}) => {
  const busy = await busyWorker("IMPLEMENT");
  const { world, worker } = busy;
  const later = "2026-01-03T00:00:00.000Z";
  const setBack = "update workers set heartbeat_at = ? where id = ? returning id";
  const lastSeen = "select heartbeat_at from workers where id = ?";
  // A lease so short that it is renewed every 20 ms; the world's clock stands still meanwhile.
  ask(world, "update workers set ttl_ms = 200 where id = ? returning id", worker);
  ask(world, setBack, later, worker);
  const paused = pausedTests(world);
  const env = { ...during(world, paused.script).env, CALM_WORKER: worker };
  const running = operate(world, "gate check SPEC-1", { env });
  await paused.reached();
  ask(world, setBack, later, worker);
  for (let waited = 0; ask<{ heartbeat_at: string }>(world, lastSeen, worker)[0]?.heartbeat_at === later; ) {
    check((waited += 10), "the lease is not renewed").toBeLessThan(30_000);
    await sleep(10);
  }
  ask(world, "update workers set status = 'stale' where id = ? returning id", worker);
  // Nobody tells the tests to go on: they are ended.
  const { exitCode, error } = await running;
  check([exitCode, error?.code]).toEqual([7, "stale_worker"]);
  check(ask(world, runsOfGates)).toEqual([{ state: "abandoned", verdict: "fail" }]);
});

test.concurrent("a merge whose worker goes stale while it is checked changes nothing", async ({
  expect: check,
}) => {
  const busy = await busyWorker("INTEGRATE");
  const { world } = busy;
  const main = world.git(["rev-parse", "main"]);
  const { exitCode, error } = await inTheMidst(busy, "worktree merge SPEC-1 --yes", async () => {
    await must(world, "worker cleanup --max-age-hours 0");
  });
  check([exitCode, error?.code]).toEqual([7, "stale_worker"]);
  check([world.git(["rev-parse", "main"]), phaseOf(world, "SPEC-1")]).toEqual([main, "INTEGRATE"]);
  check([mergeRecords(world).merges, mergeRecords(world).open, leftovers(world)]).toEqual([0, [], []]);
});

/** Has all workers marked as stale just before a git whose arguments hold a text. */
function staleBefore(world: World, text: string): Record<string, string> {
  const home = `CALM_WORKER= CALM_HOME=${world.env["CALM_HOME"] ?? ""}`;
  const cleanup = `${process.execPath} ${program} -C ${world.repository} worker cleanup --max-age-hours 0`;
  return gitThatFirst(world, text, `${home} ${cleanup}`);
}

test.concurrent("a merge that has moved main is recorded, even if its worker went stale at that moment", async ({
  expect: check,
}) => {
  const { world, worker } = await busyWorker("INTEGRATE");
  const env = { ...during(world).env, ...staleBefore(world, "calm: merge SPEC-1"), CALM_WORKER: worker };
  const { exitCode, data, warnings } = await operate(world, "worktree merge SPEC-1 --yes", { env });
  check([exitCode, data["passed"], data["phase"]], JSON.stringify(warnings)).toEqual([0, true, "VERIFY"]);
  check(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
  // What the merge does beyond that is work of the worker's own, and left to others.
  check([data["removed"], warnings.join()]).toEqual([
    false,
    check.stringMatching(/is stale: .*Remove it later: .*calm worktree remove SPEC-1$/) as string,
  ]);
  check(ask(world, "select status from workers")).toEqual([{ status: "stale" }]);
  await must(world, "worktree remove SPEC-1 --yes");
});

test.concurrent("a worktree whose worker goes stale while it is made is taken back", async ({
  expect: check,
}) => {
  const world = await mergeWorld();
  await must(world, ["task", "create", "SPEC-1", "One"]);
  const worker = await startWorker(world, "SPEC-1", "backend");
  const env = { ...staleBefore(world, "worktree add"), CALM_WORKER: worker };
  const { exitCode, error } = await operate(world, "worktree create SPEC-1", { env });
  check([exitCode, error?.code]).toEqual([7, "stale_worker"]);
  check(existsSync(world.worktree("SPEC-1"))).toBe(false);
  check(world.git(["branch", "--list", "SPEC-1"])).toBe("");
  check([mergeRecords(world).open, ask(world, "select path from worktrees")]).toEqual([[], []]);
});

test.concurrent("a worktree whose worker goes stale while it is removed is gone, record and all", async ({
  expect: check,
}) => {
  const { world, worker } = await busyWorker("IMPLEMENT");
  const env = { ...staleBefore(world, "update-ref --stdin"), CALM_WORKER: worker };
  const { exitCode } = await operate(world, "worktree remove SPEC-1 --yes --force", { env });
  check(exitCode).toBe(0);
  check(existsSync(world.worktree("SPEC-1"))).toBe(false);
  check([mergeRecords(world).open, ask(world, "select path from worktrees")]).toEqual([[], []]);
  check(ask(world, "select status from workers")).toEqual([{ status: "stale" }]);
});
