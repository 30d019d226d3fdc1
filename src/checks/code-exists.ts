import { isDocumentation, isTestFile } from "../model/paths.ts";
import { type CheckResult, type CommitSubject, fail, pass } from "./check.ts";

/** The task changes code: files between the merge base and the commit that are not documentation. */
export async function codeExists({
  context,
  loaded,
  location,
  base,
  commit,
  task,
}: CommitSubject): Promise<CheckResult> {
  if (!location.worktree) {
    return fail(
      `${task.id} has no worktree, so there is no code yet; make one: calm worktree create ${task.id}`,
    );
  }
  const git = await context.git();
  const folders = loaded.config.implementation_dirs;
  const counts = (path: string): boolean =>
    folders ? isTestFile(path) || folders.some((folder) => path.startsWith(folder)) : !isDocumentation(path);
  const changed = await git.changedFiles(base, commit);
  const code = changed.filter((change) => counts(change.path)).map((change) => change.path);
  const where = folders ? ` in ${folders.join(", ")} or tests` : "";
  if (code.length === 0) {
    return fail(
      `No code changed${where} since ${loaded.branch}; ${changed.length} other files did. Commit the implementation`,
    );
  }
  const more = code.length > 5 ? ` and ${code.length - 5} more` : "";
  return pass(`${code.length} code files changed: ${code.slice(0, 5).join(", ")}${more}`);
}
