/** Projects, where they are, and the numbers that they give out. */
export const places = `
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

`;
