/** What people and reviewers have said. */
export const words = `create table reviews (
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

`;
