import { type CalmTable, calmTables } from "./calm-tables.ts";
import { type Queries, sql } from "./queries.ts";

/**
 * What is as it is, whatever a backup says: where things lie on disk, what was allowed, what was done to git. Of these a
 * backup only adds what belongs to projects that the database does not know.
 */
const ofTheWorld = [
  ...["changed_files", "checkouts", "trust", "worktrees", "journal", "attic", "slots"],
  "remembered_commits",
];

/** Who holds or awaits what just now: nothing of it is worth keeping, and some of it belongs to no project. */
const ofProcesses = ["command_slots", "checks_under_way", "merge_queue"];

/** What was changed before a restore can no longer be put back, and what the restore changes by no undo. */
const ofUndo = "changes";

const concerned = "project_id in (select id from backup.projects)";
/** A worker's signs of life have been given, and whom its last resumption shut out stays out. */
const onlyForward = ["workers.heartbeat_at", "workers.fence"];

const quoted = (name: string): string => `"${name}"`;
const list = (names: readonly string[], prefix = ""): string =>
  names.map((name) => prefix + quoted(name)).join(", ");

/** Makes the projects that the attached `backup` holds what they were then; other projects and tables stay. */
export async function replaceRows(tx: Queries): Promise<void> {
  const run = async (statement: string): Promise<void> => {
    await sql.raw(statement).execute(tx);
  };
  // Rows of one table replace each other before those of the next; the whole is whole at the end.
  await run("pragma defer_foreign_keys = on");
  for (const table of calmTables()) {
    if (table.name === "projects" || table.name === ofUndo || ofProcesses.includes(table.name)) continue;
    if (ofTheWorld.includes(table.name)) await run(addOfUnknown(table));
    else if (table.name === "sequences") await run(raiseSequences(table));
    else
      for (const statement of table.key.length > 0 ? turnBack(table) : replaceAll(table))
        await run(statement);
  }
  await run(`delete from main.${ofUndo} where ${concerned}`);
  // Last, since until then they tell which projects were known.
  await run("insert into main.projects select * from backup.projects where true on conflict do nothing");
}

function copying({ name, columns }: CalmTable): string {
  return `insert into main.${quoted(name)} (${list(columns)}) select ${list(columns)} from backup.${quoted(name)}`;
}

function addOfUnknown(table: CalmTable): string {
  return `${copying(table)} where project_id not in (select id from main.projects) on conflict do nothing`;
}

/** A number that was given once is never given again: branches, logs and trailers still bear it. */
function raiseSequences(table: CalmTable): string {
  return `${copying(table)} where true on conflict (${list(table.key)}) do update set value = max(value, excluded.value)`;
}

/** Without a key, and so with nothing that could hang on it: what lay there before would lie there twice. */
function replaceAll(table: CalmTable): string[] {
  return [
    `delete from main.${quoted(table.name)} where ${concerned}`,
    `${copying(table)} where ${concerned}`,
  ];
}

/** By key, never by emptying the table: what hangs on a row that stays must not go with it. */
function turnBack(table: CalmTable): string[] {
  const { name, columns, key } = table;
  const same = key.map((column) => `b.${quoted(column)} = main.${quoted(name)}.${quoted(column)}`);
  const gone = `not exists (select 1 from backup.${quoted(name)} b where ${same.join(" and ")})`;
  const set = columns.map((column) => `${quoted(column)} = ${valueOf(column, name)}`).join(", ");
  const differs = `(${list(columns, `${quoted(name)}.`)}) is not (${list(columns, "excluded.")})`;
  return [
    `delete from main.${quoted(name)} where ${concerned} and ${gone}`,
    `${copying(table)} where true on conflict (${list(key)}) do update set ${set} where ${differs}`,
  ];
}

function valueOf(column: string, table: string): string {
  const value = `excluded.${quoted(column)}`;
  return onlyForward.includes(`${table}.${column}`) ? `max(${quoted(column)}, ${value})` : value;
}
