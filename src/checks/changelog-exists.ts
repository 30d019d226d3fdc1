import { withoutComments } from "../model/markdown.ts";
import { changelogPath, isChangelog } from "../model/paths.ts";
import { type CheckResult, type CommitSubject, fail, pass } from "./check.ts";

/** The task says what it changes: its own entry in changelog.d, or the project's changelog changed. */
export async function changelogExists({
  context,
  task,
  location,
  base,
}: CommitSubject): Promise<CheckResult> {
  const git = await context.git();
  const path = changelogPath(task.id);
  const entry = await git.readFile(location.commit, path);
  if (entry !== undefined && withoutComments(entry).trim() !== "") return pass(`${path} has content`);
  const changed = (await git.changedFiles(base, location.commit)).find(
    (change) => isChangelog(change.path) && change.status !== "deleted",
  );
  if (changed) return pass(`${changed.path} changed`);
  return fail(`No changelog: write ${path}, or change the project's CHANGELOG, and commit it`);
}
