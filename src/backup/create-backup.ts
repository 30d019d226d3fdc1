import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { automaticKept, type Backup, type BackupPrefix, isAutomatic, timedName } from "../model/backup.ts";
import {
  asidePath,
  backupPath,
  listBackupFiles,
  prepareFolder,
  putInPlace,
  removeBackupFile,
} from "../store/backup-files.ts";
import { guardFiles } from "../store/guard-files.ts";
import { findOwnDatabase } from "../store/open-database.ts";
import { removeDatabaseFile, takeSnapshot } from "../store/snapshot.ts";
import { failpoint } from "../system/failpoint.ts";
import { pathExists } from "../system/files.ts";
import { describeBackup, getBackup } from "./list-backups.ts";

/** What a backup is to be called: a name of the caller's, or one that says when it was made. */
export type Naming = { readonly name: string } | { readonly prefix: BackupPrefix };

/** Backs the whole database up; any number of processes may do so at once, and others write meanwhile. */
export async function createBackup(context: Context, naming: Naming): Promise<Backup> {
  const { home } = context;
  if (!findOwnDatabase(home.database)) {
    throw new Failure(
      "database_not_found",
      `There is nothing to back up yet: ${home.database} does not exist`,
      {
        hint: "It is made by the first command in a repository: calm init",
      },
    );
  }
  return guardFiles(home.database, async () => {
    prepareFolder(home.backups, context.now());
    if ("name" in naming) requireFree(context, naming.name);
    const aside = asidePath(home.backups, context.newId("B"));
    try {
      await takeSnapshot(home.database, aside);
      failpoint("backup.copied");
      const name = nameIt(context, aside, naming);
      return describeBackup(await getBackup(context, name));
    } finally {
      removeDatabaseFile(aside);
    }
  });
}

/** Gives the finished copy its name; a timed one is taken only now, so that names have the order of completion. */
function nameIt(context: Context, aside: string, naming: Naming): string {
  const { backups } = context.home;
  for (;;) {
    const taken = listBackupFiles(backups).map(({ name }) => name);
    const name = "name" in naming ? naming.name : timedName(naming.prefix, context.now(), taken);
    if (putInPlace(aside, backups, backupPath(backups, name), context.now())) return name;
    // Another process took a timed name just now, so the next one is later.
    if ("name" in naming) throw nameTaken(name);
  }
}

function requireFree(context: Context, name: string): void {
  if (pathExists(backupPath(context.home.backups, name))) throw nameTaken(name);
}

function nameTaken(name: string): Failure {
  return new Failure("already_exists", `Backup ${name} already exists; a backup is never overwritten`, {
    hint: `Choose another name, or remove it first: calm backup delete ${name}`,
  });
}

/** Removes automatic backups but the newest ones; gives the names of those that it removed. */
export async function rotateBackups(context: Context): Promise<string[]> {
  const { backups } = context.home;
  return guardFiles(backups, () => {
    // By name: the time in it never goes back, whatever the clock does.
    const automatic = listBackupFiles(backups).filter(({ name }) => isAutomatic(name));
    const byAge = automatic.sort((a, b) => (a.name < b.name ? 1 : -1));
    return byAge.slice(automaticKept).flatMap((file) => (removeBackupFile(file) ? file.name : []));
  });
}
