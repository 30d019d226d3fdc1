import { noAnswer } from "./failures.ts";
import type { Repository } from "./repository.ts";
import type { Arguments, Call } from "./run-git.ts";

/**
 * What `git ls-files` with these options tells of an index, or of paths of it. Failure git_failed where it tells
 * nothing of paths that it says are all there: such an answer was lost.
 */
export async function listIndex(
  repository: Repository,
  worktree: string,
  options: readonly string[],
  { paths = ["."], ...call }: Call & { readonly paths?: readonly string[] } = {},
): Promise<Buffer> {
  // Exit code 1 says that there is nothing at one of the paths, or at the root: an empty index, or no conflict.
  const args: Arguments = ["ls-files", "-z", "--error-unmatch", ...options, "--", ...paths];
  const { exitCode, stdout } = await repository.runIn(worktree, args, { ...call, answers: [0, 1] });
  if (exitCode === 0 && stdout.length === 0) throw noAnswer("ls-files");
  return stdout;
}
