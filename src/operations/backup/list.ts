import * as z from "zod/mini";
import { listBackups } from "../../backup/list-backups.ts";
import { Backup, type BackupState } from "../../model/backup.ts";
import { ago } from "../../text/ago.ts";
import { megabytes } from "../../text/megabytes.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const remarks: Readonly<Record<BackupState, string>> = {
  good: "",
  newer: "made by a newer calm",
  python: "a database of the Python original",
  foreign: "not a database of calm's",
  damaged: "damaged",
};

/** `calm backup list` */
export const backupList = defineOperation({
  name: "backup list",
  summary: "List the backups, newest first, and say which could not be restored",
  kind: "backups",
  effect: "read",
  examples: ["calm backup list"],
  input: z.object({}),
  output: z.object({ backups: z.array(Backup) }),
  async run(context) {
    return { backups: await listBackups(context) };
  },
  text({ backups }, text) {
    if (backups.length === 0) return "No backups found.";
    const rows = backups.map((one) => [
      one.name,
      ago(one.created_at, text.now),
      megabytes(one.size),
      one.schema_version ?? undefined,
      one.tasks ?? undefined,
      { text: remarks[one.state], paint: text.colors.red },
    ]);
    const right = (head: string) => ({ head, align: "right", whole: true }) as const;
    const left = (head: string) => ({ head, whole: true });
    const heads = [left("NAME"), left("WHEN"), right("SIZE"), right("SCHEMA"), right("TASKS"), left("")];
    return table(heads, rows, text);
  },
});
