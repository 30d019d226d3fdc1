/**
 * Which call of calm opened an entry of the journal, and through which channel: whoever finishes what was interrupted
 * writes on in its name, so that undo takes both back as the one call that they are.
 */
export const interruptedCalls = `
-- Null = opened before this was known.
alter table journal add column run text;
alter table journal add column channel text;
create index journal_by_run on journal (project_id, run);
`;
