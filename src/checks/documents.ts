import { contentBeyond, linesBeyond, sectionOf } from "../model/markdown.ts";
import { bugReportPath, proposalPath, specPath } from "../model/paths.ts";
import { templatesFor } from "../model/templates.ts";
import { getTask } from "../store/tasks.ts";
import {
  type CheckResult,
  type CommitCheck,
  type CommitSubject,
  type EarlyCheck,
  fail,
  pass,
} from "./check.ts";
import { findDocument } from "../project/location.ts";

function writtenDocument(pathOf: (task: string) => string): CommitCheck {
  return async (subject) => {
    const { context, task, location, loaded } = subject;
    const git = await context.git();
    const document = await findDocument(context, task, pathOf, location, loaded);
    const where = location.worktree ? "committed on the task's branch" : `committed on ${loaded.branch}`;
    const text = await git.readFile(document.commit, document.path);
    if (text === undefined) return fail(`${document.path} is not ${where}. Write it and commit it`);
    const owner = document.owner === task.id ? task : await getTask(await context.store(), document.owner);
    const template = templatesFor({ ...owner, spec_id: null }).get(document.path) ?? "";
    const written = contentBeyond(text, template);
    if (written.length === 0)
      return fail(`${document.path} holds only the template. Fill it in and commit it`);
    const of = document.owner === task.id ? "" : ` (of the parent ${document.owner})`;
    return pass(`${document.path}${of} has ${written.length} lines of content`);
  };
}

/** The same where commits alone decide: the task has the document itself. A parent's branch may move meanwhile. */
function ownDocument(pathOf: (task: string) => string): EarlyCheck {
  return async (subject) => {
    const git = await subject.context.git();
    const own = await git.blobOf(subject.location.commit, pathOf(subject.task.id));
    return own === undefined ? undefined : writtenDocument(pathOf)(subject);
  };
}

/** The specification is written and committed. */
export const specExists = writtenDocument(specPath);
export const ownSpecExists = ownDocument(specPath);

/** The proposal is written and committed. */
export const proposalExists = writtenDocument(proposalPath);
export const ownProposalExists = ownDocument(proposalPath);

async function sectionsFilled(subject: CommitSubject, titles: readonly string[]): Promise<CheckResult> {
  const { context, task, location, loaded } = subject;
  const git = await context.git();
  const path = bugReportPath(task.id);
  const text = await git.readFile(location.commit, path);
  if (text === undefined) {
    const where = location.worktree ? "the task's branch" : loaded.branch;
    return fail(`${path} is not committed on ${where}. Write it and commit it`);
  }
  const template = templatesFor(task).get(path) ?? "";
  const empty = titles.filter((title) => {
    const section = sectionOf(text, title);
    return section === undefined || linesBeyond(section, template).length === 0;
  });
  if (empty.length === 0) return pass(`${path}: ${titles.join(", ")} filled in`);
  return fail(
    `${path}: nothing under ${empty.map((title) => `"${title}"`).join(", ")}. Fill it in and commit it`,
  );
}

/** The bug can be reproduced from its report. */
export const bugReport: CommitCheck = (subject) =>
  sectionsFilled(subject, ["Reproduction Steps", "Expected", "Actual"]);

/** The report says why the bug happens. */
export const rootCause: CommitCheck = (subject) => sectionsFilled(subject, ["Root Cause"]);

/** The report says what will be changed. */
export const fixPlan: CommitCheck = (subject) => sectionsFilled(subject, ["Fix Plan"]);
