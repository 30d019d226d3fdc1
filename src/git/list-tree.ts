import { noAnswer } from "./failures.ts";
import { findTree } from "./object-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/**
 * Every file of a commit or tree, as `git ls-tree -r -z` tells. Only an empty tree has none; Failure git_failed where
 * the answer was lost.
 */
export async function listTree(repository: Repository, commit: string): Promise<Buffer> {
  const { stdout } = await repository.run(["ls-tree", "-r", "-z", "--full-tree", revision(commit)]);
  if (stdout.length === 0 ? !(await isEmpty(repository, commit)) : stdout.at(-1) !== 0) {
    throw noAnswer("ls-tree");
  }
  return stdout;
}

async function isEmpty(repository: Repository, commit: string): Promise<boolean> {
  const tree = await repository.objects.read(await findTree(repository, commit));
  return tree?.bytes.length === 0;
}
