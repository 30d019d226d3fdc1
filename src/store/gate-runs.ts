import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { GateRun } from "../model/gate-run.ts";
import { sql } from "./queries.ts";
import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

function selectRuns(store: Reader) {
  return store.db.selectFrom("gate_runs").selectAll().where("project_id", "=", store.project);
}

/** The gate runs of a task, oldest first. */
export async function listGateRuns(store: Reader, task: string): Promise<GateRun[]> {
  const rows = await selectRuns(store).where("task_id", "=", task).orderBy("id").execute();
  return rows.map((row) => z.parse(GateRun, row));
}

/** A gate run of the project. */
export async function findGateRun(store: Reader, id: number): Promise<GateRun | undefined> {
  const row = await selectRuns(store).where("id", "=", id).executeTakeFirst();
  return row && z.parse(GateRun, row);
}

/** A gate run of the project; Failure gate_run_not_found. */
export async function getGateRun(store: Reader, id: number): Promise<GateRun> {
  const run = await findGateRun(store, id);
  if (run) return run;
  throw new Failure("gate_run_not_found", `There is no gate run ${id}`, {
    hint: "See a task's runs: calm task show <task>",
  });
}

/** The newest of a task's runs that calm made and nobody took back. */
function selectStanding(store: Reader, task: string) {
  return selectRuns(store)
    .where("task_id", "=", task)
    .where("voided_at", "is", null)
    .where("state", "!=", "imported")
    .orderBy("id", "desc")
    .limit(1);
}

/** The newest run of a transition that calm made and nobody took back, in whatever state; the record that decides. */
export async function findNewestRun(
  store: Reader,
  task: string,
  transition: string,
): Promise<GateRun | undefined> {
  const row = await selectStanding(store, task).where("transition", "=", transition).executeTakeFirst();
  return row && z.parse(GateRun, row);
}

/** The newest run of a task's gates that calm made and nobody took back, in whatever state. */
export async function findLastRun(store: Reader, task: string): Promise<GateRun | undefined> {
  const row = await selectStanding(store, task).executeTakeFirst();
  return row && z.parse(GateRun, row);
}

/** A run that has not ended, and the process that was at it. */
export interface RunningRun {
  readonly id: number;
  readonly task_id: string;
  readonly transition: string;
  readonly host: string;
  readonly pid: number;
  readonly pid_started: string;
}

/** The runs that have not ended, oldest first. */
export async function listRunningRuns(store: Reader): Promise<RunningRun[]> {
  return (
    store.db
      .selectFrom("gate_runs")
      .select(["id", "task_id", "transition", "host", "pid", "pid_started"])
      .where("project_id", "=", store.project)
      // Spelled out, because the index holds these rows alone and serves no value that is bound.
      .where("state", "=", sql.lit("running"))
      .orderBy("id")
      .execute()
  );
}

/** The trees that have passed one of these transitions, whenever that was and whatever came of the task. */
export async function listPassedTrees(store: Reader, transitions: readonly string[]): Promise<Set<string>> {
  const rows = await store.db
    .selectFrom("gate_runs")
    .select("tree")
    .distinct()
    .where("project_id", "=", store.project)
    .where("transition", "in", transitions)
    .where("state", "=", "finished")
    .where("verdict", "=", "pass")
    .execute();
  return new Set(rows.map(({ tree }) => tree));
}

/** What is known of a run when it starts. */
export type NewGateRun = Pick<
  GateRun,
  "task_id" | "transition" | "commit_sha" | "tree" | "base_sha" | "anchor" | "definition"
>;

/** The number of a run that is still to be made: a merge commit names the run that looks at it. */
export async function reserveGateRun(tx: Writer): Promise<number> {
  return nextNumber(tx, "gate_runs");
}

/** Writes a run down as running, before its first check starts; returns its number. */
export async function addGateRun(tx: Writer, run: NewGateRun, reserved?: number): Promise<number> {
  const id = reserved ?? (await nextNumber(tx, "gate_runs"));
  const { stamp } = tx;
  await tx.db
    .insertInto("gate_runs")
    .values({
      project_id: tx.project,
      id,
      ...run,
      state: "running",
      verdict: null,
      reason: null,
      actor: stamp.actor.name,
      channel: stamp.actor.channel,
      host: stamp.host,
      pid: stamp.process.pid,
      pid_started: stamp.process.started,
      started_at: stamp.now(),
      ended_at: null,
      voided_at: null,
    })
    .execute();
  return id;
}

/** How a run ended. */
export type GateRunEnd = Pick<GateRun, "state" | "verdict" | "reason">;

/** Ends a run; only one that is still running. */
export async function endGateRun(tx: Writer, id: number, end: GateRunEnd): Promise<void> {
  const result = await tx.db
    .updateTable("gate_runs")
    .set({ ...end, ended_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new Failure("lost_race", `Gate run ${id} is no longer running`);
}

/** Takes the runs of some transitions of a task back, as going back does. */
export async function voidGateRuns(tx: Writer, task: string, transitions: readonly string[]): Promise<void> {
  if (transitions.length === 0) return;
  await tx.db
    .updateTable("gate_runs")
    .set({ voided_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("task_id", "=", task)
    .where("transition", "in", transitions)
    .where("voided_at", "is", null)
    .execute();
}
