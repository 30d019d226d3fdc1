/**
 * Who started a worker and who resumed a session stand in their own rows, and unfinished gate runs have an index, so
 * that nobody reads through the whole log, or every run, to find them.
 */
export const whoBegan = `
alter table workers add column started_by text;
update workers set started_by = (
  select json_extract(e.data, '$.started_by') from events e
  where e.project_id = workers.project_id and e.task_id = workers.task_id
    and e.operation = 'worker start' and json_extract(e.data, '$.id') = workers.id
  order by e.seq limit 1);

alter table sessions add column resumed_by text;
update sessions set resumed_by = (
  select e.actor from events e
  where e.project_id = sessions.project_id
    and e.operation = 'session resume' and json_extract(e.data, '$.session') = sessions.id
  order by e.seq desc limit 1)
where resumed_at is not null;

create index gate_runs_running on gate_runs (project_id, id) where state = 'running';
`;
