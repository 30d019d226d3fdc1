import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import {
  copyFileIfThere,
  createLockFile,
  pathExists,
  readTextIfThere,
  removeTree,
  replaceFile,
} from "../system/files.ts";

/** The working tree that has the default branch checked out. */
export interface Checkout {
  readonly path: string;
  readonly gitDir: string;
}

/** Finds the working tree whose HEAD is symbolically the branch; undefined when it is checked out nowhere. */
export async function findCheckout(context: Context, branch: string): Promise<Checkout | undefined> {
  const git = await context.git();
  const found = (await git.listWorktrees()).find((one) => one.branch === `refs/heads/${branch}` && !one.bare);
  if (!found || !pathExists(found.path)) return undefined;
  return { path: found.path, gitDir: await git.gitDirOf(found.path) };
}

/** A checkout whose index is locked by us: nobody can commit, add or check out there until it is let go. */
export interface LockedCheckout extends Checkout {
  /** A copy of the index, to be updated in its place. */
  readonly index: string;
}

const marker = (operation: string): string => `calm-op ${operation}\n`;

function lockPath(checkout: Checkout): string {
  return join(checkout.gitDir, "index.lock");
}

function privateIndex(checkout: Checkout, operation: string): string {
  return join(checkout.gitDir, `calm-index-${operation}`);
}

/** Locks a checkout's index as git itself would, with a text that shows whose lock it is. */
export async function lockCheckout(checkout: Checkout, operation: string): Promise<LockedCheckout> {
  if (!(await createLockFile(lockPath(checkout), marker(operation)))) {
    throw new Failure("busy", `Another git command is at work in ${checkout.path}`, {
      hint: `Try again; if no git runs there any more: rm ${lockPath(checkout)}`,
      details: { lock: lockPath(checkout) },
    });
  }
  const index = privateIndex(checkout, operation);
  await copyFileIfThere(join(checkout.gitDir, "index"), index);
  return { ...checkout, index };
}

/** A lock that an interrupted operation left; undefined when the lock is not there or somebody else's. */
export async function findLock(checkout: Checkout, operation: string): Promise<LockedCheckout | undefined> {
  const text = await readTextIfThere(lockPath(checkout));
  if (text !== marker(operation)) return undefined;
  const index = privateIndex(checkout, operation);
  await removeTree(`${index}.lock`);
  // What the private index holds may be half written, or in place already: start from the one that counts.
  await copyFileIfThere(join(checkout.gitDir, "index"), index);
  return { ...checkout, index };
}

/** Puts the private index in place of the real one and lets the lock go. */
export async function acceptIndex(checkout: LockedCheckout): Promise<void> {
  await replaceFile(checkout.index, join(checkout.gitDir, "index"));
  await removeTree(lockPath(checkout));
}

/** Lets the lock go and leaves index and files as they were. */
export async function releaseIndex(checkout: LockedCheckout): Promise<void> {
  await removeTree(checkout.index);
  await removeTree(lockPath(checkout));
}
