/**
 * The merge queue. The table that the foundation had laid out for it never held a row.
 */
export const mergeQueue = `
drop table merge_queue;

create table merge_queue (
  project_id text not null references projects(id),
  number integer not null,
  task_id text not null collate nocase,
  kind text not null,
  state text not null,
  fence integer,
  overtaken integer not null,
  operation text,
  candidate text,
  candidate_tree text,
  actor text not null,
  host text not null,
  pid integer not null,
  pid_started text not null,
  enqueued_at text not null,
  progress_at text not null,
  seen_at text not null,
  primary key (project_id, number)
) without rowid;

create unique index merge_queue_by_task on merge_queue (project_id, task_id);
`;
