import { readdirSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/sqlite.ts";
import { ask } from "../../src/store/ask.ts";
import type { World } from "./world.ts";

/** Where the database of a world lies. */
export function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

/** Where a backup of a world lies. */
export function backupOf(world: World, name: string): string {
  return join(world.env["CALM_HOME"] ?? "", "backups", `${name}.db`);
}

/** Everything that lies in the folder of backups, what is hidden included. */
export function namesInBackups(world: World): string[] {
  return readdirSync(join(world.env["CALM_HOME"] ?? "", "backups")).sort();
}

/** What is wrong with a database of which each event is an increment of a counter; nothing when all agree. */
export function inconsistencies(path: string): string[] {
  const database = openDatabase(path);
  try {
    const found = ask(database, "integrity_check", "from pragma_integrity_check").flat();
    const counted = ask(
      database,
      "p.name, (select value from counters c where c.project_id = p.id and c.name = 'ticks')," +
        " (select count(*) from events e where e.project_id = p.id and e.operation = 'counter increment')",
      "from projects p",
    );
    return [
      ...found.map(String).filter((line) => line !== "ok"),
      ...counted.flatMap(([name, value, events]) =>
        value === events ? [] : [`${String(name)}: ${String(value)} counted, ${String(events)} events`],
      ),
    ];
  } finally {
    closeDatabase(database);
  }
}
