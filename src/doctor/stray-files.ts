import { basename, dirname, join } from "node:path";
import { listAbandoned } from "../store/backup-files.ts";
import { lookAt, namesIn, removeTree } from "../system/files.ts";
import { realDirectory } from "../system/real-directory.ts";
import { listForgottenFolders } from "../system/temporary-folder.ts";
import { shellQuote } from "../model/shell-quote.ts";
import type { Examination, Machine } from "./examination.ts";

const minute = 60_000;

/** No process that was killed has left half a database or backup, or its temporary folder. */
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
    const forgotten = listForgottenFolders(Date.parse(context.now()));
    const findings = [...paths, ...listAbandoned(backups, context.now()), ...forgotten].map((path) => ({
      state: "problem" as const,
      message: `${path} was left by a process that was killed`,
      command: `rm -r ${shellQuote(path)}`,
      repair: { what: `remove ${path}`, run: () => removeTree(path) },
    }));
    return { summary: "nothing half made lies about", findings };
  },
};
