import { type Queries, sql } from "./queries.ts";

/** What a restore makes of one project. */
export interface TurnedBack {
  readonly id: string;
  readonly name: string;
  /** False = the database does not know the project; everything of it comes from the backup. */
  readonly known: boolean;
  readonly tasks_now: number;
  readonly tasks_then: number;
  /** Events that the backup does not hold. */
  readonly events_lost: number;
}

/** Compares the database with the attached `backup`: the projects that the backup holds. */
export async function compareWithBackup(db: Queries): Promise<TurnedBack[]> {
  const { rows } = await sql<Omit<TurnedBack, "known"> & { known: number }>`
    select b.id, b.name,
      (select count(*) from main.projects where id = b.id) as known,
      (select count(*) from main.tasks where project_id = b.id) as tasks_now,
      (select count(*) from backup.tasks where project_id = b.id) as tasks_then,
      (select count(*) from main.events e where e.project_id = b.id and not exists
        (select 1 from backup.events o where o.project_id = e.project_id and o.seq = e.seq
          and o.at = e.at and o.summary = e.summary)) as events_lost
    from backup.projects b order by b.name, b.id`.execute(db);
  return rows.map((row) => ({ ...row, known: row.known > 0 }));
}

/** Names of the projects that came after the attached `backup` was made; a restore leaves them alone. */
export async function listUnconcerned(db: Queries): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from main.projects where id not in (select id from backup.projects) order by name`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}
