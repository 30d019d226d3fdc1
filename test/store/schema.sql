-- Schema version 1 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
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

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE TABLE test_runs (
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

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merges (
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

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
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

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);
-- Schema version 2 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
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

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
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

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);
-- Schema version 3 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
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

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);
-- Schema version 4 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';
-- Schema version 5 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';
-- Schema version 6 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE merge_queue (
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

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;
-- Schema version 7 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
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

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;

CREATE TABLE merge_queue (
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

CREATE UNIQUE INDEX merge_queue_by_task on merge_queue (project_id, task_id);
-- Schema version 8 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
  project_id text not null references projects(id),
  seq integer not null,
  at text not null,
  actor text not null,
  channel text not null,
  operation text not null,
  task_id text collate nocase,
  summary text not null,
  data text not null check (json_valid(data)), run text,
  primary key (project_id, seq)
) without rowid;

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;

CREATE TABLE merge_queue (
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

CREATE UNIQUE INDEX merge_queue_by_task on merge_queue (project_id, task_id);

CREATE TABLE changes (
  project_id text not null references projects(id),
  -- The event that tells of it: the next one of its transaction.
  event integer not null,
  id integer not null,
  -- Empty = not a row: nothing up to here can be put back, and `after` holds the command that helps.
  table_name text not null,
  -- The row as JSON; null = it was not there.
  before text check (before is null or json_valid(before)),
  after text check (after is null or json_valid(after)),
  primary key (project_id, event, id)
) without rowid;
-- Schema version 9 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
  project_id text not null references projects(id),
  seq integer not null,
  at text not null,
  actor text not null,
  channel text not null,
  operation text not null,
  task_id text collate nocase,
  summary text not null,
  data text not null check (json_valid(data)), run text,
  primary key (project_id, seq)
) without rowid;

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;

CREATE TABLE merge_queue (
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

CREATE UNIQUE INDEX merge_queue_by_task on merge_queue (project_id, task_id);

CREATE TABLE changes (
  project_id text not null references projects(id),
  -- The event that tells of it: the next one of its transaction.
  event integer not null,
  id integer not null,
  -- Empty = not a row: nothing up to here can be put back, and `after` holds the command that helps.
  table_name text not null,
  -- The row as JSON; null = it was not there.
  before text check (before is null or json_valid(before)),
  after text check (after is null or json_valid(after)),
  primary key (project_id, event, id)
) without rowid;

CREATE TABLE changed_files (
  project_id text not null references projects(id),
  task_id text not null,
  -- JSON: the paths, in their order.
  paths text not null check (json_valid(paths)),
  seen_at text not null,
  primary key (project_id, task_id)
) without rowid;
-- Schema version 10 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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
  ended_at text, run text, channel text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
  project_id text not null references projects(id),
  seq integer not null,
  at text not null,
  actor text not null,
  channel text not null,
  operation text not null,
  task_id text collate nocase,
  summary text not null,
  data text not null check (json_valid(data)), run text,
  primary key (project_id, seq)
) without rowid;

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;

CREATE TABLE merge_queue (
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

CREATE UNIQUE INDEX merge_queue_by_task on merge_queue (project_id, task_id);

CREATE TABLE changes (
  project_id text not null references projects(id),
  -- The event that tells of it: the next one of its transaction.
  event integer not null,
  id integer not null,
  -- Empty = not a row: nothing up to here can be put back, and `after` holds the command that helps.
  table_name text not null,
  -- The row as JSON; null = it was not there.
  before text check (before is null or json_valid(before)),
  after text check (after is null or json_valid(after)),
  primary key (project_id, event, id)
) without rowid;

CREATE TABLE changed_files (
  project_id text not null references projects(id),
  task_id text not null,
  -- JSON: the paths, in their order.
  paths text not null check (json_valid(paths)),
  seen_at text not null,
  primary key (project_id, task_id)
) without rowid;

CREATE INDEX journal_by_run on journal (project_id, run);
-- Schema version 11 --
CREATE TABLE projects (
  id text primary key,
  name text not null,
  created_at text not null
) without rowid;

CREATE TABLE checkouts (
  project_id text not null references projects(id),
  host text not null,
  common_dir text not null,
  root text not null,
  first_seen_at text not null,
  primary key (project_id, host, common_dir)
) without rowid;

CREATE TABLE sequences (
  project_id text not null references projects(id),
  name text not null collate nocase,
  value integer not null,
  primary key (project_id, name)
) without rowid;

CREATE TABLE tasks (
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

CREATE INDEX tasks_by_phase on tasks (project_id, phase, id);

CREATE INDEX tasks_by_age on tasks (project_id, created_at);

CREATE INDEX tasks_by_spec on tasks (project_id, spec_id);

CREATE TABLE task_blockers (
  project_id text not null,
  task_id text not null collate nocase,
  blocker_id text not null collate nocase,
  primary key (project_id, task_id, blocker_id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade,
  foreign key (project_id, blocker_id) references tasks(project_id, id)
) without rowid;

CREATE INDEX task_blockers_by_blocker on task_blockers (project_id, blocker_id);

CREATE TABLE phase_transitions (
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

CREATE INDEX phase_transitions_by_task on phase_transitions (project_id, task_id, id);

CREATE TABLE worktrees (
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

CREATE TABLE workers (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  role text not null,
  status text not null,
  reason text,
  fence integer not null default 0,
  started_at text not null,
  heartbeat_at text not null,
  ended_at text, ttl_ms integer not null default 1800000, started_by text,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX workers_by_status on workers (project_id, status, started_at);

CREATE INDEX workers_by_task on workers (project_id, task_id, started_at);

CREATE TABLE reviews (
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

CREATE INDEX reviews_by_task on reviews (project_id, task_id, id);

CREATE TABLE approvals (
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

CREATE INDEX approvals_by_task on approvals (project_id, task_id, id);

CREATE TABLE trust (
  project_id text not null references projects(id),
  content_hash text not null,
  commands text not null check (json_valid(commands)),
  user text not null,
  channel text not null,
  created_at text not null,
  revoked_at text,
  primary key (project_id, content_hash)
) without rowid;

CREATE TABLE gate_runs (
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

CREATE INDEX gate_runs_by_task on gate_runs (project_id, task_id, transition, id);

CREATE TABLE check_runs (
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
  ended_at text not null, attempts integer, failures text check (failures is null or json_valid(failures)),
  primary key (project_id, id),
  foreign key (project_id, gate_run_id) references gate_runs(project_id, id) on delete cascade
) without rowid;

CREATE INDEX check_runs_by_run on check_runs (project_id, gate_run_id, id);

CREATE INDEX check_runs_by_tree on check_runs (project_id, tree, definition, toolchain, id);

CREATE VIEW gate_passes as
  select project_id, id, task_id, transition, commit_sha, anchor, definition, ended_at as passed_at
  from gate_runs
  where state = 'finished' and verdict = 'pass' and voided_at is null;

CREATE TABLE counters (
  project_id text not null references projects(id),
  name text not null,
  value integer not null check (value >= 0),
  primary key (project_id, name)
) without rowid;

CREATE TABLE journal (
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
  ended_at text, run text, channel text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX journal_open on journal (project_id, ended_at, started_at);

CREATE TABLE attic (
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

CREATE TABLE slots (
  project_id text not null references projects(id),
  number integer not null,
  host text not null,
  setup_key text,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (project_id, host, number)
) without rowid;

CREATE TABLE sessions (
  project_id text not null references projects(id),
  id text not null,
  created_at text not null,
  content text not null,
  machine_part text,
  needs_continuation integer not null default 0,
  resumed_at text,
  actor text not null, resumed_by text,
  primary key (project_id, id)
) without rowid;

CREATE INDEX sessions_pending on sessions (project_id, needs_continuation, resumed_at);

CREATE TABLE events (
  project_id text not null references projects(id),
  seq integer not null,
  at text not null,
  actor text not null,
  channel text not null,
  operation text not null,
  task_id text collate nocase,
  summary text not null,
  data text not null check (json_valid(data)), run text,
  primary key (project_id, seq)
) without rowid;

CREATE INDEX events_by_task on events (project_id, task_id, seq);

CREATE TABLE migration_leftovers (
  project_id text,
  source text not null,
  table_name text not null,
  row text not null check (json_valid(row)),
  reason text not null,
  moved_at text not null
);

CREATE TABLE "test_runs" (
  project_id text not null,
  id integer not null,
  task_id text not null collate nocase,
  -- Null in what was taken over: no check run stands behind it.
  check_run_id integer,
  worktree text,
  commit_sha text,
  total integer not null,
  passed integer not null,
  failed integer not null,
  errors integer not null,
  skipped integer not null,
  duration_ms integer,
  failed_tests text not null check (json_valid(failed_tests)),
  run_at text not null,
  primary key (project_id, id),
  foreign key (project_id, task_id) references tasks(project_id, id) on delete cascade
) without rowid;

CREATE INDEX test_runs_by_task on test_runs (project_id, task_id, id);

CREATE TABLE "merges" (
  project_id text not null,
  id text not null,
  task_id text not null collate nocase,
  kind text not null check (kind in ('merge', 'docs', 'imported')),
  -- Of an imported merge only its commit is known.
  branch text,
  old_sha text,
  head_sha text,
  commit_sha text not null,
  tree text,
  gate_run_id integer,
  actor text not null,
  merged_at text not null,
  primary key (project_id, id)
) without rowid;

CREATE INDEX merges_by_task on merges (project_id, task_id, merged_at);

CREATE TABLE migrated_rows (
  project_id text not null references projects(id),
  table_name text not null,
  fingerprint text not null,
  outcome text not null check (outcome in ('kept', 'changed', 'set_aside')),
  -- The id that it has here, where it has one.
  target text collate nocase,
  source text not null,
  migrated_at text not null,
  primary key (project_id, table_name, fingerprint)
) without rowid;

CREATE INDEX migrated_rows_by_content on migrated_rows (table_name, fingerprint);

CREATE INDEX migration_leftovers_by_project on migration_leftovers (project_id, table_name);

CREATE INDEX gate_runs_running on gate_runs (project_id, id) where state = 'running';

CREATE TABLE command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

CREATE TABLE checks_under_way (
  project_id text not null,
  host text not null,
  tree text not null,
  definition text not null,
  toolchain text not null,
  room text not null,
  pid integer not null,
  pid_started text not null,
  started_at text not null,
  primary key (project_id, host, tree, definition, toolchain, room)
) without rowid;

CREATE TABLE merge_queue (
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

CREATE UNIQUE INDEX merge_queue_by_task on merge_queue (project_id, task_id);

CREATE TABLE changes (
  project_id text not null references projects(id),
  -- The event that tells of it: the next one of its transaction.
  event integer not null,
  id integer not null,
  -- Empty = not a row: nothing up to here can be put back, and `after` holds the command that helps.
  table_name text not null,
  -- The row as JSON; null = it was not there.
  before text check (before is null or json_valid(before)),
  after text check (after is null or json_valid(after)),
  primary key (project_id, event, id)
) without rowid;

CREATE TABLE changed_files (
  project_id text not null references projects(id),
  task_id text not null,
  -- JSON: the paths, in their order.
  paths text not null check (json_valid(paths)),
  seen_at text not null,
  primary key (project_id, task_id)
) without rowid;

CREATE INDEX journal_by_run on journal (project_id, run);

CREATE TABLE remembered_commits (
  project_id text not null references projects(id),
  commit_oid text not null,
  -- What was read, and what else it depends on, as the build of calm.
  subject text not null,
  -- JSON.
  content text not null check (json_valid(content)),
  read_at text not null,
  primary key (project_id, commit_oid, subject)
) without rowid;
