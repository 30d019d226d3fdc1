import type { Worker } from "../../model/worker.ts";
import { ago } from "../../text/ago.ts";
import { perLine, sideBySide } from "../../text/side-by-side.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

const cellWidth = 62;

/** Workers with their last sign of life, several on a line; "" for none. */
export function workerTable(workers: readonly Worker[], text: Text): string {
  const { colors, now, columns } = text;
  const cells = workers.map((one) => [
    `  ${one.id}`,
    one.task_id,
    one.role,
    one.status === "stale"
      ? { text: `stale, last seen ${ago(one.heartbeat_at, now)}`, paint: colors.red }
      : `seen ${ago(one.heartbeat_at, now)}`,
  ]);
  const across = perLine(columns, cellWidth);
  const heads = Array.from({ length: across }, () => [{ whole: true }, { whole: true }, {}, {}]).flat();
  return table(heads, sideBySide(cells, across), text);
}
