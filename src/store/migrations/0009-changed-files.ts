/** What was last seen to be changed in each worktree, so that a look at the database shows who is at work on the same files. */
export const changedFiles = `
create table changed_files (
  project_id text not null references projects(id),
  task_id text not null,
  -- JSON: the paths, in their order.
  paths text not null check (json_valid(paths)),
  seen_at text not null,
  primary key (project_id, task_id)
) without rowid;
`;
