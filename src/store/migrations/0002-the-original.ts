/**
 * Room for what the original leaves behind: tests that no check of calm's ran, merges of which only the commit is
 * known, and what has been taken over already, so that a second time changes nothing.
 */
export const theOriginal = `
create table test_runs_new (
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
insert into test_runs_new select * from test_runs;
drop table test_runs;
alter table test_runs_new rename to test_runs;
create index test_runs_by_task on test_runs (project_id, task_id, id);

create table merges_new (
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
insert into merges_new select * from merges;
drop table merges;
alter table merges_new rename to merges;
create index merges_by_task on merges (project_id, task_id, merged_at);

-- Every row of a source that has been dealt with, by what it says.
create table migrated_rows (
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
create index migrated_rows_by_content on migrated_rows (table_name, fingerprint);
create index migration_leftovers_by_project on migration_leftovers (project_id, table_name);
`;
