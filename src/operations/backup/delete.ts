import * as z from "zod/mini";
import { getBackup } from "../../backup/list-backups.ts";
import { Failure } from "../../failure.ts";
import { BackupName } from "../../model/backup.ts";
import { DryRun, field, Yes } from "../../model/field.ts";
import { removeBackupFile } from "../../store/backup-files.ts";
import { guardFiles } from "../../store/guard-files.ts";
import { defineOperation } from "../operation.ts";

/** `calm backup delete` */
export const backupDelete = defineOperation({
  name: "backup delete",
  summary: "Delete one backup for good",
  kind: "deleted_backup",
  effect: "destroy",
  examples: ["calm backup delete before-upgrade --yes"],
  input: z.object({ name: field(BackupName, "Name of the backup"), yes: Yes, dry_run: DryRun }),
  positional: ["name"],
  output: z.object({ name: z.string(), path: z.string(), dry_run: z.boolean() }),
  async run(context, { name, yes, dry_run }) {
    const file = await getBackup(context, name);
    const answer = { name, path: file.path, dry_run };
    if (dry_run) return answer;
    await context.confirm(`Delete backup ${name} of ${file.created_at}?`, yes);
    const removed = await guardFiles(file.path, () => removeBackupFile(file));
    if (removed) return answer;
    throw new Failure("backup_not_found", `Backup ${name} is gone already`, {
      hint: "See which there are: calm backup list",
    });
  },
  text: ({ name, dry_run: dry }) => `${dry ? "Would delete" : "Deleted"} backup ${name}`,
});
