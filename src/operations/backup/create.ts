import * as z from "zod/mini";
import { createBackup } from "../../backup/create-backup.ts";
import { Failure } from "../../failure.ts";
import { Backup, BackupName, isAutomatic } from "../../model/backup.ts";
import { field } from "../../model/field.ts";
import { defineOperation } from "../operation.ts";

/** `calm backup create` */
export const backupCreate = defineOperation({
  name: "backup create",
  summary: "Copy the whole database, all projects of it, while others go on writing",
  kind: "backup",
  effect: "write",
  examples: ["calm backup create", "calm backup create before-upgrade"],
  input: z.object({ name: z.optional(field(BackupName, "Name of the new backup; default: the time")) }),
  positional: ["name"],
  output: Backup,
  async run(context, { name }) {
    if (name === undefined) return createBackup(context, { prefix: "backup_" });
    if (isAutomatic(name.toLowerCase())) {
      throw new Failure("invalid_input", `${name}: auto_ is for backups that rotation removes`, {
        hint: "Choose a name that begins otherwise, or let calm name it: calm backup auto",
      });
    }
    return createBackup(context, { name });
  },
  text: ({ name, path }) => `Created backup ${name}\nPath: ${path}`,
});
