import type { ProcessIdentity } from "../system/process-identity.ts";
import type { Reader, Writer } from "./store.ts";

/** The processes of a host that hold a clean room, a place for a command or a check under way, each of them once. */
export async function listHolders(store: Reader, host: string): Promise<ProcessIdentity[]> {
  const { db, project } = store;
  const columns = ["pid", "pid_started as started"] as const;
  const rooms = db
    .selectFrom("slots")
    .select(columns)
    .where("host", "=", host)
    .where("project_id", "=", project);
  const places = db.selectFrom("command_slots").select(columns).where("host", "=", host);
  const checks = db
    .selectFrom("checks_under_way")
    .select(columns)
    .where("host", "=", host)
    .where("project_id", "=", project);
  const rows = await rooms.union(places).union(checks).execute();
  return rows.flatMap(({ pid, started }) => (pid === null || started === null ? [] : { pid, started }));
}

/** Gives back everything that a process of this host holds. */
export async function releaseHeld(tx: Writer, { pid, started }: ProcessIdentity): Promise<void> {
  const { host } = tx.stamp;
  await tx.db
    .updateTable("slots")
    .set({ pid: null, pid_started: null, taken_at: null })
    .where("project_id", "=", tx.project)
    .where("host", "=", host)
    .where("pid", "=", pid)
    .where("pid_started", "=", started)
    .execute();
  await tx.db
    .deleteFrom("command_slots")
    .where("host", "=", host)
    .where("pid", "=", pid)
    .where("pid_started", "=", started)
    .execute();
  await tx.db
    .deleteFrom("checks_under_way")
    .where("project_id", "=", tx.project)
    .where("host", "=", host)
    .where("pid", "=", pid)
    .where("pid_started", "=", started)
    .execute();
}
