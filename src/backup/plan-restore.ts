import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { asidePath, type BackupFile, prepareFolder } from "../store/backup-files.ts";
import { emptyDatabase } from "../store/calm-tables.ts";
import { copyPrivately } from "../store/copy-privately.ts";
import { guardFiles } from "../store/guard-files.ts";
import { inspectFile, inspectThoroughly } from "../store/inspect-database.ts";
import { migrations } from "../store/migrations/index.ts";
import { openOrCreate } from "../store/open-database.ts";
import { prepareCopy } from "../store/prepare-copy.ts";
import { compare, type Comparison } from "../store/restore.ts";
import { removeDatabaseFile } from "../store/snapshot.ts";
import { closeDatabase } from "../store/sqlite.ts";
import { failpoint } from "../system/failpoint.ts";
import { lookAt, pathExists } from "../system/files.ts";
import { getBackup } from "./list-backups.ts";

/** What lies where the database belongs. */
type Live = "good" | "missing" | "damaged";

/** A restore that could be carried out; the copy is gone when the work with it is. */
export interface RestorePlan {
  readonly backup: BackupFile;
  /** Private, verified, of the newest schema. */
  readonly copy: string;
  readonly live: Live;
  readonly comparison: Comparison;
}

/** Verifies a backup on a private copy of it, and says what restoring it would do. */
export async function withRestorePlan<T>(
  context: Context,
  name: string,
  work: (plan: RestorePlan) => Promise<T>,
): Promise<T> {
  const { home } = context;
  const backup = await getBackup(context, name);
  const copy = asidePath(home.backups, context.newId("B"));
  return guardFiles(backup.path, async () => {
    try {
      if (!backup.plain) throw unusable(backup, "it is no plain file");
      prepareFolder(home.backups, context.now());
      copyPrivately(backup.path, copy);
      failpoint("restore.copied");
      requireUsable(copy, backup);
      failpoint("restore.prepared");
      const live = await guardFiles(home.database, () => inspectLive(context));
      const main = live === "good" ? openOrCreate(home.database, context.newId("B")) : emptyDatabase();
      return await work({ backup, copy, live, comparison: await compare(main, copy) });
    } finally {
      removeDatabaseFile(copy);
    }
  });
}

function unusable({ name, path }: BackupFile, why: string): Failure {
  return new Failure("backup_unusable", `Backup ${name} cannot be restored: ${why}`, {
    hint: "Choose another one: calm backup list",
    details: { path },
  });
}

/** Refuses what is not calm's, is newer or is damaged; what is older is brought to the newest schema. */
function requireUsable(copy: string, backup: BackupFile): void {
  const { state, version } = inspectFile(copy);
  if (state === "newer") {
    const message = `Backup ${backup.name} has schema ${version ?? "?"}; this calm knows ${migrations.length}`;
    throw new Failure("newer_database", message, {
      hint: "Update calm: npm install --global calm@latest",
      details: { path: backup.path, version, known: migrations.length },
    });
  }
  if (state === "python") throw unusable(backup, "it is a database of the Python original");
  if (state === "foreign") throw unusable(backup, "it is not a database of calm's");
  const problem = state === "damaged" ? "the file is damaged" : prepareCopy(copy, version ?? 0);
  if (problem !== undefined) throw unusable(backup, problem);
}

/** Refuses, as every command does, what is not calm's or is newer; a damaged database is what restoring is for. */
function inspectLive(context: Context): Live {
  const path = context.home.database;
  if (!pathExists(path)) return "missing";
  if (lookAt(path)?.size === 0) return "damaged";
  if (lookAt(path)?.isDirectory() !== true) {
    const { state } = inspectThoroughly(path);
    if (state === "good" || state === "damaged") return state;
  }
  closeDatabase(openOrCreate(path, context.newId("B")));
  return "good";
}
