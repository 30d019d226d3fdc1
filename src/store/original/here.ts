import type { OriginalTable } from "./original-row.ts";
import type { Reader } from "../store.ts";

/** What calm's database holds already, as far as taking over has to know it. */
export interface Here {
  /** Ids of tasks, workers and hand-offs by project; of tasks in lower case. */
  readonly tasks: ReadonlySet<string>;
  readonly workers: ReadonlySet<string>;
  readonly sessions: ReadonlySet<string>;
  readonly counters: ReadonlyMap<string, number>;
  /** Tasks, in lower case, that were taken over and not made here. */
  readonly importedTasks: ReadonlySet<string>;
  /** Rows that were dealt with before, by project and by content alone. */
  readonly seen: ReadonlySet<string>;
}

/** A key of several parts; none of them holds the character between. */
export function keyOf(...parts: readonly string[]): string {
  return parts.join("\u0000");
}

/** The key of a row that was dealt with; without a project, of any project's. */
export function seenKey(project: string, table: OriginalTable, fingerprint: string): string {
  return keyOf(project, table, fingerprint);
}

/** A database that holds nothing yet. */
export const nothingHere: Here = {
  ...{ tasks: new Set(), workers: new Set(), sessions: new Set(), counters: new Map() },
  ...{ importedTasks: new Set(), seen: new Set() },
};

/** Reads what is here, of every project. */
export async function readHere({ db }: Pick<Reader, "db">): Promise<Here> {
  const ids = async (table: "tasks" | "workers" | "sessions"): Promise<string[]> => {
    const rows = await db.selectFrom(table).select(["project_id", "id"]).execute();
    return rows.map((row) => keyOf(row.project_id, row.id));
  };
  const counters = await db.selectFrom("counters").selectAll().execute();
  const migrated = await db
    .selectFrom("migrated_rows")
    .select(["project_id", "table_name", "fingerprint", "target", "outcome"])
    .execute();
  const tasks = migrated.filter((row) => row.table_name === "tasks" && row.outcome !== "set_aside");
  return {
    tasks: new Set((await ids("tasks")).map(lowerId)),
    workers: new Set(await ids("workers")),
    sessions: new Set(await ids("sessions")),
    counters: new Map(counters.map((row) => [keyOf(row.project_id, row.name), row.value])),
    importedTasks: new Set(tasks.map((row) => lowerId(keyOf(row.project_id, row.target ?? "")))),
    seen: new Set(
      migrated.flatMap(({ project_id: project, table_name: table, fingerprint }) => [
        keyOf(project, table, fingerprint),
        keyOf("", table, fingerprint),
      ]),
    ),
  };
}

function lowerId(key: string): string {
  const [project = "", id = ""] = key.split("\u0000");
  return keyOf(project, id.toLowerCase());
}
