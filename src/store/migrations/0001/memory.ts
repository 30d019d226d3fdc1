/** Hand-offs, the log, and what a migration could not place. */
export const memory = `create table sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null,
  primary key (project_id, id)
) without rowid;
create index sessions_pending on sessions (project_id, needs_continuation, resumed_at);

create table events (
  project_id text not null references projects(id),
  seq integer not null,
  at text not null,
  actor text not null,
  channel text not null,
  operation text not null,
  task_id text collate nocase,
  summary text not null,
  data text not null check (json_valid(data)),
  primary key (project_id, seq)
) without rowid;
create index events_by_task on events (project_id, task_id, seq);

create table migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);
`;
