/** What calm has seen itself. */
export const evidence = `create table gate_runs (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  transition text not null,
  state text not null,
  verdict text,
  reason text,
  commit_sha text not null,
  tree text not null,
  base_sha text not null,
  anchor text not null,
  definition text not null,
  actor text not null,
  channel text not null,
  host text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  ended_at text,
  voided_at text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

create table check_runs (
  project_id text not null,
  id integer not null,
  gate_run_id integer not null,
  "check" text not null,
  room text,
  verdict text not null,
  message text not null,
  argv text check (argv is null or json_valid(argv)),
  exit_code integer,
  signal text,
  counts text check (counts is null or json_valid(counts)),
  duration_ms integer,
  log_path text,
  log_sha256 text,
  log_bytes integer,
  cached_from integer,
  tree text not null,
  definition text not null,
  toolchain text not null,
  ended_at text not null,
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;
create index check_runs_by_run on check_runs (project_id, gate_run_id, id);
create index check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

create table test_runs (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  check_run_id integer not null,
  worktree text not null,
  commit_sha text not null,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer not null,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index test_runs_by_task on test_runs (project_id, task_id, id);

-- The seed's table, as what it always meant: finished runs that passed and were not taken back.
create view gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

`;
