/** What calm has once read of commits, which never change, so that git need not be started to read it again. */
export const rememberedCommits = `
create table remembered_commits (
  project_id text not null references projects(id),
  commit_oid text not null,
  -- What was read, and what else it depends on, as the build of calm.
  subject text not null,
  -- JSON.
  content text not null check (json_valid(content)),
  read_at text not null,
  primary key (project_id, commit_oid, subject)
) without rowid;
`;
