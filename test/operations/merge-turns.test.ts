import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import { during, mergeRecords, pausedTests } from "../support/mergeable.ts";
import { expectBothLanded, placesOf, queueOf, twoTasks } from "../support/merge-queue.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const [first, second] = ["worktree merge SPEC-001", "worktree merge SPEC-002"];

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

test("the merge ahead is red: the one behind it is checked anew, and lands", async () => {
  const world = await twoTasks();
  const pause = pausedTests(world);
  const red = operate(world, first, during(world, `${pause.script}; false`));
  await pause.reached();
  const behind = operate(world, second, during(world));
  await expect
    .poll(async () => queueOf(world), { timeout: 20_000 })
    .toContainEqual([...["SPEC-002", "ready", "SPEC-001 turn"]]);
  pause.goOn();
  expect([(await red).exitCode, (await behind).exitCode]).toEqual([1, 0]);
  expect([phaseOf(world, "SPEC-001"), phaseOf(world, "SPEC-002")]).toEqual(["INTEGRATE", "VERIFY"]);
  expect(world.git(["ls-tree", "--name-only", "main", "src/"])).not.toContain("SPEC-001");
  expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
});

test("a check ahead that cannot be made ends nothing: its merge lands when it is its turn", async () => {
  const world = await twoTasks();
  const pause = pausedTests(world);
  const ahead = operate(world, first, during(world, pause.script));
  await pause.reached();
  change(
    databaseOf(world),
    `create trigger trouble before insert on gate_runs when new.task_id = 'SPEC-002'
       begin select raise(abort, 'disk trouble'); end;
     create trigger noticed after update on merge_queue when old.state = 'checking_ahead' and new.state = 'waiting'
       begin update tasks set title = 'put back' where id = new.task_id; end;`,
  );
  const behind = operate(world, second, during(world));
  const titles = "select 1 from tasks where title = 'put back' and id = 'SPEC-002'";
  await expect.poll(() => query(databaseOf(world), titles).length, { timeout: 20_000 }).toBe(1);
  change(databaseOf(world), "drop trigger trouble; drop trigger noticed");
  pause.goOn();
  const { exitCode, err } = await behind;
  expect([(await ahead).exitCode, exitCode], err).toEqual([0, 0]);
  expect(err).toMatch(/SPEC-002 is not checked meanwhile: .*disk trouble/);
  expectBothLanded(world);
});

test("who has lost its turn, or its place, cannot publish: it waits again, and lands once", async () => {
  const world = await twoTasks();
  for (const [task, loss] of [
    [
      "SPEC-001",
      // Nobody is to be checked on top of a candidate that is none any more.
      `update merge_queue set fence = null;
       create trigger withdrawn after update on merge_queue when old.candidate is not null and new.candidate is null
         begin update tasks set title = 'withdrawn, ' || new.state where id = new.task_id; end`,
    ],
    ["SPEC-002", "delete from merge_queue"],
  ] as const) {
    const pause = pausedTests(world);
    const merging = operate(world, `worktree merge ${task}`, during(world, pause.script));
    await pause.reached();
    change(databaseOf(world), loss);
    pause.goOn();
    const { exitCode, err } = await merging;
    expect(exitCode, loss).toBe(0);
    expect(err).toContain("others went ahead, or the default branch has moved");
    pause.reset();
    // The candidate that it had was taken back.
    const states = query<{ state: string }>(
      databaseOf(world),
      "select state from journal where task_id = ? and json_extract(data, '$.kind') = 'merge' order by started_at, id",
      task,
    );
    expect(
      states.map(({ state }) => state),
      loss,
    ).toEqual(["aborted", "done"]);
  }
  expect((await must(world, "task show SPEC-001"))["title"]).toBe("withdrawn, waiting");
  expectBothLanded(world);
});

test("an interrupted merge leaves the queue; a dead process's place is seen by the doctor and freed by who looks", async () => {
  const world = await twoTasks();
  const pause = pausedTests(world);
  const merging = operate(world, first, during(world, pause.script));
  await pause.reached();
  const interrupt = new AbortController();
  const waiting = operate(world, second, { ...during(world), signal: interrupt.signal });
  await expect.poll(async () => (await queueOf(world)).length, { timeout: 20_000 }).toBe(2);
  interrupt.abort("SIGINT");
  expect((await waiting).exitCode).toBe(130);
  expect(await queueOf(world)).toEqual([["SPEC-001", "checking"]]);
  pause.goOn();
  expect((await merging).exitCode).toBe(0);
  const columns = `select project_id, 99, 'SPEC-002', 'merge', 'checking', 7, 0, null, null, null, 'user:bob', 'here', 999999, 'then', created_at, created_at, created_at`;
  const dead = `insert into merge_queue ${columns} from tasks where id = 'SPEC-002'`;
  change(databaseOf(world), dead);
  const doctor = await world.calm(["doctor"]);
  expect(doctor.out).toContain(
    "the process of SPEC-002 (checking; user:bob, process 999999 on here) is gone",
  );
  await must(world, "doctor --fix");
  expect(placesOf(world)).toEqual([]);
  change(databaseOf(world), dead);
  expect(await queueOf(world)).toEqual([]);
  // Of another host's process only the time of its last sign of life tells.
  change(
    databaseOf(world),
    dead.replace("'here'", "'there'").replaceAll("created_at", "'2026-01-01T09:00:00.000Z'"),
  );
  expect(await queueOf(world)).toEqual([["SPEC-002", "checking"]]);
  change(databaseOf(world), "update merge_queue set seen_at = '2025-12-31T23:00:00.000Z'");
  expect((await operate(world, second, during(world))).exitCode).toBe(0);
  expectBothLanded(world);
});
