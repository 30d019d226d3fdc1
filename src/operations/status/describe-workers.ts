import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Worker } from "../../model/worker.ts";
import type { WorkerState } from "../../tasks/project-state.ts";
import { ago } from "../../text/ago.ts";
import { perLine, sideBySide } from "../../text/side-by-side.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

/** A worker as lists show it. */
export const WorkerLine = z.extend(Worker, { silent: field(z.boolean(), "No sign of life for too long") });

const cellWidth = 62;

/** Workers with their last sign of life, several on a line; "" for none. */
export function workerTable(workers: readonly WorkerState[], text: Text): string {
  const { colors, now, columns } = text;
  const cells = workers.map((one) => [
    `  ${one.id}`,
    one.task_id,
    one.role,
    one.silent
      ? { text: `silent, last seen ${ago(one.heartbeat_at, now)}`, paint: colors.red }
      : `seen ${ago(one.heartbeat_at, now)}`,
  ]);
  const across = perLine(columns, cellWidth);
  const heads = Array.from({ length: across }, () => [{ whole: true }, { whole: true }, {}, {}]).flat();
  return table(heads, sideBySide(cells, across), text);
}
