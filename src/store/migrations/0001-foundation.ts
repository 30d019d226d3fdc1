/** The whole of SPEC's data. Only TEXT and INTEGER columns; times are RFC 3339 UTC; keys start with the project. */
export const foundation = `
create table projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

-- Where a project has been seen: its identity is its id, never one of these paths.
create table checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

-- Numbers that are dense within a project: runs, reviews, events, ids of --next.
create table sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

create table tasks (
  project_id text not null references projects(id),
  id text not null collate nocase,
  title text not null,
  type text not null check (type in ('feature', 'bug')),
  phase text not null,
  spec_id text collate nocase,
  specialist text,
  notes text,
  priority integer not null,
  touches text not null default '[]' check (json_valid(touches)),
  created_at text not null,
  updated_at text not null,
  primary key (project_id, id)
) without rowid;
create index tasks_by_phase on tasks (project_id, phase, id);
create index tasks_by_age on tasks (project_id, created_at);
create index tasks_by_spec on tasks (project_id, spec_id);

create table task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;
create index task_blockers_by_blocker on task_blockers (project_id, blocker_id);

create table phase_transitions (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  from_phase text not null,
  to_phase text not null,
  kind text not null,
  gate_run_id integer,
  gate_result text,
  gate_details text,
  actor text not null,
  transitioned_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index phase_transitions_by_task on phase_transitions (project_id, task_id, id);

create table worktrees (
  project_id text not null,
  task_id text not null collate nocase,
  path text not null,
  branch text not null,
  base_sha text not null,
  templates text not null default '{}' check (json_valid(templates)),
  setup_key text,
  created_at text not null,
  primary key (project_id, task_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

create table workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index workers_by_status on workers (project_id, status, started_at);
create index workers_by_task on workers (project_id, task_id, started_at);

create table reviews (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  review_type text not null,
  result text not null,
  reviewer text not null,
  notes text,
  content text not null,
  commit_sha text not null,
  recorded_by text not null,
  channel text not null,
  voided_at text,
  void_reason text,
  created_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index reviews_by_task on reviews (project_id, task_id, id);

create table approvals (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('approval', 'override')),
  transition text not null,
  "check" text,
  content text not null,
  reason text,
  channel text not null,
  user text not null,
  created_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;
create index approvals_by_task on approvals (project_id, task_id, id);

create table trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

create table gate_runs (
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

create table counters (
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

create table sessions (
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
