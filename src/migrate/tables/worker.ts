import type { Worker } from "../../model/worker.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import { isPlainName, type Mapped, mapped } from "../mapped.ts";
import { type RowReader, readRow } from "../read-row.ts";

/** Maps a row of `workers`; nobody of the original's holds a lease, so none of them is at work here. */
export function mapWorker(source: OriginalRow, now: string): Mapped<Omit<Worker, "task_id">> {
  const row = readRow(source);
  const id = row.text("id");
  if (!isPlainName(id)) return { aside: "its id is no name" };
  const role = row.text("role");
  if (!isPlainName(role)) return { aside: "its role is no name" };
  const ended = row.time("ended_at");
  const started = row.time("started_at") ?? ended;
  if (started === null) row.change("it has no time");
  const { status, reason } = statusOf(row);
  return mapped(
    {
      ...{ id, role, status, reason },
      started_at: started ?? now,
      heartbeat_at: ended ?? started ?? now,
      // Since when is not known; it is over all the same.
      ended_at: ended ?? now,
    },
    row,
  );
}

function statusOf(row: RowReader): Pick<Worker, "status" | "reason"> {
  const text = row.text("status")?.trim().toLowerCase() ?? "";
  // What the original itself means by the words that its bash version had.
  if (text === "idle" || text === "completed") return { status: "completed", reason: null };
  if (text === "stale" || text === "session_ended") return { status: "session_ended", reason: null };
  if (text === "failed") return { status: "failed", reason: null };
  if (text === "active" || text === "working" || text === "running") {
    row.change("it was active; its agent holds no lease here, so it counts as ended with its session");
  } else row.change("its status is unknown; it counts as ended with its session");
  return { status: "session_ended", reason: `${text === "" ? "no status" : text} when it was taken over` };
}
