/** What is under way or has happened: counters, the journal, merges, the attic, clean rooms. */
export const operations = `create table counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

-- An operation that also moves git, step by step; a row that is not done is what recovery works on.
create table journal (
  project_id text not null references projects(id),
  id text not null,
  operation text not null,
  task_id text collate nocase,
  state text not null,
  data text not null check (json_valid(data)),
  fence integer not null default 0,
  actor text not null,
  host text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  updated_at text not null,
  ended_at text,
  primary key (project_id, id)
) without rowid;
create index journal_open on journal (project_id, ended_at, started_at);

-- A merge that landed. The key is the operation in the commit's trailer, so that no merge counts twice.
create table merges (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs')),
  branch text not null,
  old_sha text not null,
  head_sha text not null,
  commit_sha text not null,
  tree text not null,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;
create index merges_by_task on merges (project_id, task_id, merged_at);

create table merge_queue (
  project_id text not null references projects(id),
  id text not null,
  task_id text not null collate nocase,
  priority integer not null,
  host text not null,
  pid integer not null,
  pid_started text not null,
  enqueued_at text not null,
  progress_at text not null,
  primary key (project_id, id)
) without rowid;

create table attic (
  project_id text not null references projects(id),
  task_id text not null collate nocase,
  number integer not null,
  ref text not null,
  commit_sha text not null,
  branch text not null,
  reason text not null,
  created_at text not null,
  restored_at text,
  primary key (project_id, task_id, number)
) without rowid;

create table slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

`;
