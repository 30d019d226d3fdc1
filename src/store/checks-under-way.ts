import type { Room } from "../model/gate-run.ts";
import type { ProcessIdentity, ProcessState } from "../system/process-identity.ts";
import type { VerdictKey } from "./check-runs.ts";
import type { Reader, Writer } from "./store.ts";

/** A check that some process of this machine is running. */
export interface CheckUnderWay extends VerdictKey {
  readonly room: Room;
}

/** A check under way, and who is at it. */
export interface HeldCheck extends CheckUnderWay, ProcessIdentity {}

/** A check under way, and what its process did when it was looked at. */
export interface SeenCheck extends HeldCheck {
  readonly state: ProcessState;
}

/**
 * The checks of the project that processes of a host have under way, the dead ones' too. Each process is looked at
 * once: one that dies meanwhile would be alive by one look and gone by the next.
 */
export async function listUnderWay(
  store: Reader,
  host: string,
  stateOf: (holder: ProcessIdentity) => ProcessState,
): Promise<SeenCheck[]> {
  const rows = await store.db
    .selectFrom("checks_under_way")
    .select(["tree", "definition", "toolchain", "room", "pid", "pid_started as started"])
    .where("project_id", "=", store.project)
    .where("host", "=", host)
    .execute();
  return rows.map((row) => ({
    ...row,
    room: row.room === "clean" ? "clean" : "worktree",
    state: stateOf(row),
  }));
}

/** Notes checks as being run by this process. */
export async function addUnderWay(tx: Writer, checks: readonly CheckUnderWay[]): Promise<void> {
  if (checks.length === 0) return;
  const { host, process } = tx.stamp;
  const holder = { host, pid: process.pid, pid_started: process.started, started_at: tx.stamp.now() };
  await tx.db
    .insertInto("checks_under_way")
    .values(
      checks.map(({ tree, definition, toolchain, room }) => ({
        ...{ project_id: tx.project, tree, definition, toolchain, room },
        ...holder,
      })),
    )
    .execute();
}

/** Takes notes away; each only while it is still the holder's. */
export async function removeUnderWay(tx: Writer, checks: readonly HeldCheck[]): Promise<void> {
  for (const { tree, definition, toolchain, room, pid, started } of checks) {
    await tx.db
      .deleteFrom("checks_under_way")
      .where("project_id", "=", tx.project)
      .where("host", "=", tx.stamp.host)
      .where("tree", "=", tree)
      .where("definition", "=", definition)
      .where("toolchain", "=", toolchain)
      .where("room", "=", room)
      .where("pid", "=", pid)
      .where("pid_started", "=", started)
      .execute();
  }
}
