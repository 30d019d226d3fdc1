import { basename, dirname, join } from "node:path";
import { listAbandoned } from "../store/backup-files.ts";
import { lookAt, namesIn, removeTree } from "../system/files.ts";
import { realDirectory } from "../system/real-directory.ts";
import type { Examination, Machine } from "./examination.ts";

const minute = 60_000;

/** No process that was killed while it made the database or a backup has left half of one. */
export const strayFiles: Examination<Machine> = {
  name: "stray files",
  async examine({ context }) {
    const { database, backups } = context.home;
    const folder = dirname(database);
    const latest = Date.parse(context.now()) - minute;
    const names = realDirectory(folder) === undefined ? [] : await namesIn(folder);
    const paths = names
      .filter((name) => name.startsWith(`${basename(database)}.new-`))
      .map((name) => join(folder, name))
      // A younger one belongs to a process that is at it just now.
      .filter((path) => (lookAt(path)?.mtimeMs ?? Number.POSITIVE_INFINITY) < latest);
    const findings = [...paths, ...listAbandoned(backups, context.now())].map((path) => ({
      state: "problem" as const,
      message: `${path} was left by a process that was killed`,
      command: `rm ${path}`,
      repair: { what: `remove ${path}`, run: () => removeTree(path) },
    }));
    return { summary: "nothing half made lies about", findings };
  },
};
