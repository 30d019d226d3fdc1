import * as z from "zod/mini";
import { createBackup, rotateBackups } from "../../backup/create-backup.ts";
import { Backup } from "../../model/backup.ts";
import { field } from "../../model/field.ts";
import { defineOperation } from "../operation.ts";

/** `calm backup auto` */
export const backupAuto = defineOperation({
  name: "backup auto",
  summary: "Make a backup named auto_<time> and keep the newest 10 of those",
  kind: "automatic_backup",
  effect: "write",
  examples: ["calm backup auto"],
  input: z.object({}),
  output: z.object({
    backup: Backup,
    removed: field(z.array(z.string()), "Older automatic backups that went"),
  }),
  async run(context) {
    const backup = await createBackup(context, { prefix: "auto_" });
    return { backup, removed: await rotateBackups(context) };
  },
  text: ({ backup, removed }) =>
    [`Created backup ${backup.name}`, ...removed.map((name) => `Removed ${name}`)].join("\n"),
});
