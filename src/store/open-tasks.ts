import { allPhases, type TaskType } from "../model/workflow.ts";
import { sql } from "./queries.ts";
import type { Reader } from "./store.ts";

/** A task that is not DONE, with what an overview says of it. */
export interface OpenTask {
  readonly id: string;
  readonly title: string;
  readonly type: TaskType;
  readonly phase: string;
  readonly priority: number;
  /** A task that blocks it is not DONE. */
  readonly blocked: boolean;
  /** When something last happened to it: a write, or a sign of life of one of its workers. */
  readonly activeAt: string;
  /** The transition whose gate passes and that no person has approved or overridden, whether one must or not. */
  readonly unapproved: string | undefined;
}

interface Row {
  id: string;
  title: string;
  type: TaskType;
  phase: string;
  priority: number;
  blocked: number;
  updated_at: string;
  event_at: string | null;
  heartbeat_at: string | null;
  unapproved: string | null;
}

/** Every phase but DONE: what they are in is found by an index, what is not DONE is not. */
export const openPhases = allPhases.filter((phase) => phase !== "DONE");

/**
 * The tasks that are not DONE, by priority and then age; asks for no row of a DONE one. That somebody found a worker
 * stale is nothing that happened to its task.
 */
export async function listOpenTasks({ db, project }: Reader): Promise<OpenTask[]> {
  const query = sql<Row>`
    select t.id, t.title, t.type, t.phase, t.priority, t.updated_at,
      exists (select 1 from task_blockers b
        join tasks o on o.project_id = b.project_id and o.id = b.blocker_id
        where b.project_id = t.project_id and b.task_id = t.id and o.phase <> 'DONE') as blocked,
      (select e.at from events e where e.project_id = t.project_id and e.task_id = t.id
        and json_extract(e.data, '$.status') is not 'stale'
        order by e.seq desc limit 1) as event_at,
      (select max(w.heartbeat_at) from workers w
        where w.project_id = t.project_id and w.task_id = t.id) as heartbeat_at,
      (select r.transition from gate_runs r
        where r.project_id = t.project_id and r.task_id = t.id and r.transition like t.phase || '-%'
          and r.state = 'finished' and r.verdict = 'pass' and r.voided_at is null
          and not exists (select 1 from gate_runs n where n.project_id = r.project_id
            and n.task_id = r.task_id and n.transition = r.transition and n.voided_at is null
            and n.state <> 'imported' and n.id > r.id)
          and not exists (select 1 from approvals a where a.project_id = r.project_id
            and a.transition = r.transition and a."check" is null and a.content = r.anchor
            and (a.task_id = t.id or (a.task_id = t.spec_id and a.kind = 'approval')))
        limit 1) as unapproved
    from tasks t
    where t.project_id = ${project} and t.phase in (${sql.join(openPhases)})
    order by t.priority, t.created_at, t.id`;
  return (await query.execute(db)).rows.map(toOpenTask);
}

function toOpenTask(row: Row): OpenTask {
  const { id, title, type, phase, priority } = row;
  const signs = [row.updated_at, row.event_at ?? "", row.heartbeat_at ?? ""].sort();
  return {
    ...{ id, title, type, phase, priority },
    blocked: row.blocked === 1,
    activeAt: signs.at(-1) ?? row.updated_at,
    unapproved: row.unapproved ?? undefined,
  };
}
