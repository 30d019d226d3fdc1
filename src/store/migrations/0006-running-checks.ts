/**
 * How often a check's command was run and what failed in it, the machine's slots for commands, which belong to no
 * project, and the checks that some process is running now.
 */
export const runningChecks = `
alter table check_runs add column attempts integer;
alter table check_runs add column failures text check (failures is null or json_valid(failures));

create table command_slots (
  host text not null,
  number integer not null,
  pid integer,
  pid_started text,
  taken_at text,
  primary key (host, number)
) without rowid;

create table checks_under_way (
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
`;
