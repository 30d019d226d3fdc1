/**
 * What the newest operations changed, row by row, so that undo can put it back. The triggers that write it are made
 * from the tables as they are after the last migration (`record-changes.ts`), so that no column is forgotten.
 */
export const changes = `
-- Which call of calm an event belongs to: one command may write several times, and is taken back as a whole.
alter table events add column run text;

create table changes (
  project_id text not null references projects(id),
  -- The event that tells of it: the next one of its transaction.
  event integer not null,
  id integer not null,
  -- Empty = not a row: nothing up to here can be put back, and \`after\` holds the command that helps.
  table_name text not null,
  -- The row as JSON; null = it was not there.
  before text check (before is null or json_valid(before)),
  after text check (after is null or json_valid(after)),
  primary key (project_id, event, id)
) without rowid;
`;
