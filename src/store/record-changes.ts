import { type CalmTable, calmTables } from "./calm-tables.ts";
import { recordings } from "./recorded-tables.ts";

const verbs = ["insert", "update", "delete"] as const;
type Verb = (typeof verbs)[number];

/** A table whose changes are recorded: its columns, and those whose update is one. */
interface Recorded {
  readonly name: string;
  readonly columns: readonly string[];
  readonly verbs: readonly Verb[];
  readonly updates: readonly string[];
}

/** Makes the triggers that record changes, for tables as the newest schema has them; older ones go. */
export function recordingTriggers(): string {
  const tables = calmTables();
  const drops = tables.flatMap(({ name }) =>
    verbs.map((verb) => `drop trigger if exists ${nameOf(name, verb)};`),
  );
  const made = recordedAmong(tables).flatMap((table) => table.verbs.map((verb) => triggerFor(table, verb)));
  return [...drops, ...made].join("\n");
}

function nameOf(table: string, verb: Verb): string {
  return `"changes_of_${table}_${verb}"`;
}

function recordedAmong(tables: readonly CalmTable[]): Recorded[] {
  return tables.flatMap(({ name, columns }): Recorded[] => {
    const recording = Object.hasOwn(recordings, name)
      ? recordings[name as keyof typeof recordings]
      : undefined;
    if (recording === undefined || recording.kind === "nothing") return [];
    if (recording.kind === "evidence") {
      const some: Verb[] = recording.updates.length > 0 ? ["update", "delete"] : ["delete"];
      return [{ name, columns, verbs: some, updates: recording.updates }];
    }
    const updates = columns.filter((column) => recording.but?.includes(column) !== true);
    return [{ name, columns, verbs, updates }];
  });
}

function triggerFor({ name, columns, updates }: Recorded, verb: Verb): string {
  const row = (which: "old" | "new"): string =>
    `json_object(${columns.map((column) => `'${column}', ${which}."${column}"`).join(", ")})`;
  const project = `${verb === "delete" ? "old" : "new"}.project_id`;
  const what = verb === "update" ? `update of ${updates.map((column) => `"${column}"`).join(", ")}` : verb;
  return `create trigger ${nameOf(name, verb)} after ${what} on "${name}" begin
  insert into changes select ${project}, next.event,
    (select coalesce(max(id), 0) + 1 from changes where project_id = ${project} and event = next.event),
    '${name}', ${verb === "insert" ? "null" : row("old")}, ${verb === "delete" ? "null" : row("new")}
  from (select coalesce((select value from sequences where project_id = ${project} and name = 'events'), 0) + 1
    as event) as next;
end;`;
}
