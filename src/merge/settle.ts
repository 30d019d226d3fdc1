import { join } from "node:path";
import type { Context } from "../context.ts";
import type { ChangedFile } from "../git/git.ts";
import type { OnDisk, TreePath } from "../git/path-state.ts";
import { failpoint } from "../system/failpoint.ts";
import { readFileIfThere, removeEmptyFolders, removeFile } from "../system/files.ts";
import { acceptIndex, type LockedCheckout } from "./checkout.ts";

type Repositories = Pick<Context, "git">;

/** A change of a checkout that was cut short: between which commits, and where the branch is now. */
export interface Interruption {
  readonly from: string;
  readonly to: string;
  readonly current: string;
}

/** What a path may hold without being anybody's edit, and what it is to hold. */
interface Expected {
  readonly path: string;
  readonly versions: readonly TreePath[];
  readonly wanted: TreePath;
}

/**
 * Makes a checkout agree with its branch again after an interrupted change, and lets its lock go. Only content that is
 * one of the versions, or the beginning of one, is touched; the paths of anything else are told and left as they are.
 */
export async function settle(
  context: Repositories,
  checkout: LockedCheckout,
  change: Interruption,
): Promise<readonly string[]> {
  const git = await context.git();
  const { path: root, index } = checkout;
  const all = await readExpected(context, change);
  const paths = all.map(({ path }) => path);
  const entries = await git.readIndex(root, index, paths);
  const disk = await git.lookAtDisk(root, paths);
  // An index entry that is no version was staged by a person, who must have taken our lock away.
  const known = all.filter(({ path, versions }) => isVersion(versions, entries.get(path)));
  await git.setIndex(
    root,
    index,
    known.map(({ wanted }) => wanted),
  );
  failpoint("settle.index-set");
  const ours: Expected[] = [];
  for (const one of known) if (await isOurs(context, root, one, disk.get(one.path))) ours.push(one);
  const stale = ours.filter(({ path, wanted }) => !isSame(disk.get(path), wanted));
  for (const { path } of stale) if (disk.get(path)?.kind === "file") await removeFile(root, path);
  failpoint("settle.stale-removed");
  const missing = stale.filter(({ wanted }) => isFile(wanted)).map(({ path }) => path);
  for (const path of missing)
    if (disk.get(path)?.kind === "folder") await removeEmptyFolders(join(root, path));
  const blocked = await findBlocked(context, root, missing);
  await git.writeMissing(
    root,
    index,
    missing.filter((path) => !blocked.includes(path)),
  );
  failpoint("settle.missing-written");
  await acceptIndex(checkout);
  const settled = new Set(ours.map(({ path }) => path));
  return [...paths.filter((path) => !settled.has(path)), ...blocked];
}

async function readExpected(context: Repositories, { from, to, current }: Interruption): Promise<Expected[]> {
  const git = await context.git();
  const since = new Map((await git.changedFiles(to, current)).map((one) => [one.path, one]));
  return (await git.changedFiles(from, to)).map((one) => {
    const wanted = after(since.get(one.path) ?? one);
    const before = { path: one.path, mode: one.oldMode, blob: one.oldBlob };
    return { path: one.path, versions: [before, after(one), wanted], wanted };
  });
}

function after({ path, newMode, newBlob }: ChangedFile): TreePath {
  return { path, mode: newMode, blob: newBlob };
}

function isAbsent({ mode }: TreePath): boolean {
  return /^0+$/.test(mode);
}

/** A submodule is an entry of the index only; its folder is never touched. */
function isSubmodule({ mode }: TreePath): boolean {
  return mode === "160000";
}

function isFile(entry: TreePath): boolean {
  return !isAbsent(entry) && !isSubmodule(entry);
}

function isVersion(versions: readonly TreePath[], entry: TreePath | undefined): boolean {
  return versions.some((one) => (entry ? one.blob === entry.blob && one.mode === entry.mode : isAbsent(one)));
}

function isSame(onDisk: OnDisk | undefined, wanted: TreePath): boolean {
  if (onDisk?.kind === "file") return onDisk.blob === wanted.blob && onDisk.mode === wanted.mode;
  return !isFile(wanted);
}

async function isOurs(
  context: Repositories,
  root: string,
  { path, versions, wanted }: Expected,
  onDisk: OnDisk | undefined,
): Promise<boolean> {
  if (onDisk === undefined || onDisk.kind === "nothing") return true;
  if (versions.some(isSubmodule)) return onDisk.kind === "folder";
  // Where a file gave way to a folder, or the other way round, the paths on the other side decide.
  if (onDisk.kind === "folder" || onDisk.kind === "unreachable") {
    return isAbsent(wanted) || versions.some(isAbsent);
  }
  if (onDisk.kind !== "file") return false;
  if (versions.some(({ blob }) => blob === onDisk.blob)) return true;
  return onDisk.mode !== "120000" && isBeginning(context, join(root, path), versions);
}

/** A full disk or a kill leaves the beginning of the file that was being written. */
async function isBeginning(
  context: Repositories,
  path: string,
  versions: readonly TreePath[],
): Promise<boolean> {
  const begun = await readFileIfThere(path);
  if (begun === undefined) return false;
  const git = await context.git();
  for (const version of versions.filter(isFile)) {
    const whole = await git.readBlob(version.blob);
    if (whole.length > begun.length && whole.subarray(0, begun.length).equals(begun)) return true;
  }
  return false;
}

/** Paths that still cannot be written once everything of ours is out of the way. */
async function findBlocked(context: Repositories, root: string, paths: readonly string[]): Promise<string[]> {
  const git = await context.git();
  const now = await git.lookAtDisk(root, paths);
  return paths.filter((path) => now.get(path)?.kind !== "nothing");
}
