import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { type Backup, isAutomatic } from "../model/backup.ts";
import { closest } from "../model/closest.ts";
import { type BackupFile, listBackupFiles } from "../store/backup-files.ts";
import { guardFiles } from "../store/guard-files.ts";
import { inspectFile } from "../store/inspect-database.ts";

/** A backup's file with what it turns out to be. */
export function describeBackup(file: BackupFile): Backup {
  const { name, path, size, created_at, plain } = file;
  const seen = plain ? inspectFile(path) : { state: "foreign" as const, version: null, tasks: null };
  const { state, version: schema_version, tasks } = seen;
  return { ...{ name, path, automatic: isAutomatic(name), state, size, created_at }, schema_version, tasks };
}

/** All backups, newest first. */
export async function listBackups(context: Context): Promise<Backup[]> {
  const { backups } = context.home;
  return guardFiles(backups, () => listBackupFiles(backups).map(describeBackup));
}

/** The backup of a name; Failure backup_not_found with the nearest name. */
export async function getBackup(context: Context, name: string): Promise<BackupFile> {
  const { backups } = context.home;
  const files = await guardFiles(backups, () => listBackupFiles(backups));
  const found = files.find((file) => file.name === name);
  if (found) return found;
  const near = closest(
    name,
    files.map((file) => file.name),
  );
  throw new Failure("backup_not_found", `Backup ${name} not found`, {
    hint: near === undefined ? "See which there are: calm backup list" : `Did you mean ${near}?`,
  });
}
