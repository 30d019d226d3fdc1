import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, type Database, openDatabase, pragmaNumber } from "../../src/store/sqlite.ts";
import { type Dump, dump } from "./database.ts";
import type { World } from "./world.ts";

/** What calm could change: the rows of the database, and every path below a world's folder. */
export interface Seen {
  readonly rows: Dump;
  readonly paths: string;
}

// Objects no ref reaches, git's cache of file times, calm's lock and its logs are no change; nor are the hooks' samples.
const unwatched = /^(objects|index|lock\.db.*|logs|slots|cache|hooks|metadata\.db.*)$/;

/** Every path with what tells a changed file: its number, size, mode and time. */
function pathsBelow(folder: string): string {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (unwatched.test(entry.name)) continue;
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        found.push(below);
        visit(below);
      } else {
        const { ino, size, mode, mtimeMs } = lstatSync(below);
        found.push(`${below} ${ino} ${size} ${mode} ${mtimeMs}`);
      }
    }
  };
  visit(folder);
  return found.sort().join("\n");
}

/**
 * A merge that is refused has had a place in the queue, and perhaps its turn, whose numbers are not given away again; and
 * what was read of a commit is remembered by whoever reads it.
 */
function withoutTraces(rows: Dump): Dump {
  const numbers = /"merge_(place|fence)"/;
  const sequences = (rows["sequences"] ?? []).filter((row) => !numbers.test(row));
  return { ...rows, sequences, remembered_commits: [] };
}

/** Looks at a world again and again; rows are read only when some connection has written. */
export function watch(world: World): { look(): Seen; end(): void } {
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  let file = statSync(path).ino;
  let connection: Database = openDatabase(path);
  let version: number | undefined;
  let rows: Dump = {};
  return {
    look: () => {
      const now = statSync(path).ino;
      if (now !== file) {
        // Another file was put in its place.
        closeDatabase(connection);
        [file, connection, version] = [now, openDatabase(path), undefined];
      }
      const written = pragmaNumber(connection, "data_version");
      if (written !== version) [version, rows] = [written, withoutTraces(dump(path))];
      return { rows, paths: pathsBelow(world.folder) };
    },
    end: () => {
      closeDatabase(connection);
    },
  };
}
