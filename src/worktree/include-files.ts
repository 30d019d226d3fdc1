import { join } from "node:path";
import type { Context } from "../context.ts";
import { worktreePath } from "../model/paths.ts";
import { copyPlainFile, type NotCopied } from "../system/copy-plain-file.ts";
import { lookAt } from "../system/files.ts";
import { listFiles } from "./uncommitted.ts";

/** Names, in gitignore's language, the ignored files of the main checkout that a new worktree gets copies of. */
const includeFile = ".worktreeinclude";

const reasons: Readonly<Record<NotCopied | "not_ignored", string>> = {
  not_ignored: "not ignored there, so that they could be committed",
  symbolic_link: "behind a symbolic link, which is not followed",
  no_plain_file: "not plain files",
  exists: "something is there already",
  unreadable: "cannot be read, or there is no right to write there",
};

/**
 * Copies what `.worktreeinclude` of the main checkout names into a new worktree; gives what was copied, and tells what
 * was not. The file is a person's word about files of this checkout, so it is read there and not from a commit.
 */
export async function includeFiles(context: Context, worktree: string): Promise<string[]> {
  const { root, bare } = await context.project();
  const list = join(root, includeFile);
  if (bare || lookAt(list)?.isFile() !== true) return [];
  const git = await context.git();
  const others = worktreePath("");
  const named = (await git.untrackedMatching(root, list)).filter((path) => !path.startsWith(others));
  // Asked of the new worktree: what its branch does not ignore would be new there, and soon committed with its secrets.
  const ignored = new Set(named.length === 0 ? [] : await git.ignoredAmong(worktree, named));
  const left = new Map<string, { path: string }[]>();
  const copied: string[] = [];
  for (const path of named) {
    const why = ignored.has(path) ? await copyPlainFile(root, worktree, path) : "not_ignored";
    if (why === undefined) copied.push(path);
    else left.set(why, [...(left.get(why) ?? []), { path }]);
  }
  for (const [why, files] of left) {
    const reason = reasons[why as keyof typeof reasons];
    context.warn(`${includeFile} names files that were not copied (${reason}): ${listFiles(files)}`);
  }
  return copied;
}
