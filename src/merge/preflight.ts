import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ChangedFile } from "../git/git.ts";
import { pathExists } from "../system/files.ts";
import type { LockedCheckout } from "./checkout.ts";

const inProgress = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
];

/** Refuses while anything of a person's is in the way of a change of their checkout; other edits are no concern. */
export async function requireFreeWay(
  context: Context,
  checkout: LockedCheckout,
  changes: readonly ChangedFile[],
): Promise<void> {
  const busy = inProgress.find((name) => pathExists(join(checkout.gitDir, name)));
  if (busy !== undefined) {
    throw new Failure(
      "unfinished_git_operation",
      `A git operation is under way in ${checkout.path} (${busy})`,
      {
        hint: `Finish or abort it there: git -C ${checkout.path} status`,
        details: { path: checkout.path, marker: busy },
      },
    );
  }
  const git = await context.git();
  const paths = changes.map((change) => change.path);
  const found = [
    ...(await git.dirtyAmong(checkout.path, paths)),
    ...(await git.hiddenFiles(checkout.path, paths)),
    ...strangersAbove(checkout.path, changes),
  ];
  if (found.length === 0) return;
  const files = [...new Set(found)].sort();
  throw new Failure(
    "checkout_in_the_way",
    `Files in ${checkout.path} are in the way of the merge: ${files.join(", ")}`,
    {
      hint: `Commit or stash them there: git -C ${checkout.path} stash push --include-untracked -- ${files.join(" ")}`,
      details: { path: checkout.path, files },
    },
  );
}

/** Files that lie where a folder must be made, and whatever lies where a file is added. */
function strangersAbove(root: string, changes: readonly ChangedFile[]): string[] {
  const leaving = new Set(
    changes.filter((change) => change.status === "deleted").map((change) => change.path),
  );
  const strangers: string[] = [];
  for (const change of changes.filter((one) => one.status === "added")) {
    if (pathExists(join(root, change.path)) && !isFolderThatEmpties(root, change.path, leaving)) {
      strangers.push(change.path);
    }
    for (let folder = dirname(change.path); folder !== "."; folder = dirname(folder)) {
      const stat = lstatSync(join(root, folder), { throwIfNoEntry: false });
      if (stat && !stat.isDirectory() && !leaving.has(folder)) strangers.push(folder);
    }
  }
  return strangers;
}

/** A folder becomes a file only when the change itself removes what is in it; git refuses the rest. */
function isFolderThatEmpties(root: string, path: string, leaving: ReadonlySet<string>): boolean {
  if (!lstatSync(join(root, path)).isDirectory()) return false;
  return [...leaving].some((gone) => gone.startsWith(`${path}/`));
}
