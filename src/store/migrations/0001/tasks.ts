/** Tasks, how they block each other, where they have been, and who works on them where. */
export const tasks = `create table tasks (
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

`;
