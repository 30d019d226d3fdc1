import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ChangedFile, TreePath } from "../git/git.ts";
import { pathExists } from "../system/files.ts";
import { acceptIndex, type LockedCheckout } from "./checkout.ts";

/**
 * Makes a checkout agree with its branch again after an interrupted change from one commit to another. Only content
 * that is one of the two versions, or the beginning of one, is touched; anything else is a person's and is left.
 */
export async function settle(
  context: Context,
  checkout: LockedCheckout,
  change: { readonly from: string; readonly to: string; readonly current: string },
): Promise<void> {
  const git = await context.git();
  const changes = await git.changedFiles(change.from, change.to);
  const since = new Map((await git.changedFiles(change.to, change.current)).map((one) => [one.path, one]));
  const disk = await git.blobsOnDisk(
    checkout.path,
    changes.map((one) => one.path),
  );
  const ours: TreePath[] = [];
  const strangers: string[] = [];
  for (const one of changes) {
    const wanted = since.get(one.path) ?? one;
    if (await isOurs(context, checkout.path, one, disk.get(one.path), wanted.newBlob)) {
      ours.push({ path: one.path, mode: wanted.newMode, blob: wanted.newBlob });
    } else strangers.push(one.path);
  }
  await git.restorePaths(checkout.path, checkout.index, ours);
  await acceptIndex(checkout);
  if (strangers.length === 0) return;
  throw new Failure(
    "needs_human",
    `Left alone in ${checkout.path}, because they hold edits: ${strangers.join(", ")}`,
    {
      hint: `Compare them with the branch: git -C ${checkout.path} diff HEAD -- ${strangers.join(" ")}`,
      details: { path: checkout.path, files: strangers },
    },
  );
}

async function isOurs(
  context: Context,
  root: string,
  change: ChangedFile,
  onDisk: string | undefined,
  wanted: string,
): Promise<boolean> {
  if (onDisk === undefined) return !pathExists(join(root, change.path));
  if ([change.oldBlob, change.newBlob, wanted].includes(onDisk)) return true;
  // A full disk or a kill leaves the beginning of the file that was being written.
  const begun = readFileSync(join(root, change.path));
  const git = await context.git();
  for (const blob of [change.oldBlob, change.newBlob]) {
    const whole = /^0+$/.test(blob) ? undefined : await git.readBlob(blob);
    if (whole && whole.length > begun.length && whole.subarray(0, begun.length).equals(begun)) return true;
  }
  return false;
}
