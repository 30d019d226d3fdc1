import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ListedWorktree } from "../git/git.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import { failpoint } from "../system/failpoint.ts";
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
  const all = (await git.listWorktrees()).filter((one) => !one.bare);
  const found = all.filter((one) => one.branch === `refs/heads/${branch}` && isThere(one));
  if (found.length > 1) {
    const paths = found.map((one) => one.path);
    throw new Failure(
      "checkout_in_the_way",
      `${branch} is checked out in several places: ${paths.join(", ")}`,
      {
        hint: `Leave it in all but one: ${gitIn(paths[1] ?? "")} checkout --detach`,
        details: { paths },
      },
    );
  }
  const [only] = found;
  return only && { path: only.path, gitDir: await git.gitDirOf(only.path) };
}

/** A worktree on a disk that is not mounted would come back with files that its branch has left behind. */
function isThere(one: ListedWorktree): boolean {
  if (pathExists(one.path)) return true;
  if (one.locked === undefined) return false;
  throw new Failure("checkout_in_the_way", `${one.path} has the branch checked out, and is not there now`, {
    hint: `Bring it back; or, if it is gone for good: git worktree remove --force --force ${shellQuote(one.path)}`,
    details: { paths: [one.path] },
  });
}

/** A checkout whose index is locked by us: nobody can commit, add or check out there until it is let go. */
export interface LockedCheckout extends Checkout {
  /** A copy of the index, to be updated in its place. */
  readonly index: string;
}

const patience = 3000;
const pause = 50;

function lockPath(checkout: Checkout): string {
  return join(checkout.gitDir, "index.lock");
}

function privateIndex(checkout: Checkout, operation: string): string {
  return join(checkout.gitDir, `calm-index-${operation}`);
}

/** Where the lock is written before it is put in its place. */
function asideOf(checkout: Checkout, operation: string): string {
  return join(checkout.gitDir, `calm-lock-${operation}`);
}

/** How a lock begins that an operation of calm's holds; the rest of it is that calm's home. */
const marker = (operation: string): string => `calm-op ${operation} `;

/** Locks a checkout's index as git itself would, with a text that shows whose lock it is; Failure busy. */
export async function lockCheckout(
  context: Context,
  checkout: Checkout,
  operation: string,
): Promise<LockedCheckout> {
  const aside = asideOf(checkout, operation);
  const text = `${marker(operation)}${context.home.root}\n`;
  for (let waited = 0; !(await createLockFile(lockPath(checkout), aside, text)); waited += pause) {
    if (waited >= patience) throw await held(checkout);
    await sleep(pause);
  }
  failpoint("checkout.locked");
  return withCopy(checkout, operation);
}

async function held(checkout: Checkout): Promise<Failure> {
  const lock = lockPath(checkout);
  const home = /^calm-op \S+ (.+)$/m.exec((await readTextIfThere(lock)) ?? "")?.[1];
  // What another home's journal says of its lock is not known here.
  const hint =
    home === undefined
      ? `Try again; if no git runs there any more: rm ${shellQuote(lock)}`
      : `An interrupted operation left it; finish that one: CALM_HOME=${shellQuote(home)} calm doctor --fix`;
  return new Failure("busy", `Another git command is at work in ${checkout.path}`, {
    hint,
    details: { lock },
  });
}

/** The lock that an interrupted operation left; undefined when there is none, or somebody else's. */
export async function findLock(checkout: Checkout, operation: string): Promise<LockedCheckout | undefined> {
  await removeTree(asideOf(checkout, operation));
  const text = await readTextIfThere(lockPath(checkout));
  return text?.startsWith(marker(operation)) === true ? withCopy(checkout, operation) : undefined;
}

/** What a private index holds may be half written, or in place already: the one that counts is the real one. */
async function withCopy(checkout: Checkout, operation: string): Promise<LockedCheckout> {
  const index = privateIndex(checkout, operation);
  await removeTree(`${index}.lock`);
  await copyFileIfThere(join(checkout.gitDir, "index"), index);
  failpoint("checkout.index-copied");
  return { ...checkout, index };
}

/** Puts the private index in place of the real one and lets the lock go. */
export async function acceptIndex(checkout: LockedCheckout): Promise<void> {
  await replaceFile(checkout.index, join(checkout.gitDir, "index"));
  failpoint("checkout.index-placed");
  await removeTree(lockPath(checkout));
  failpoint("checkout.unlocked");
}

/** Lets the lock go and leaves index and files as they were. */
export async function releaseIndex(checkout: LockedCheckout): Promise<void> {
  await removeTree(checkout.index);
  failpoint("checkout.index-dropped");
  await removeTree(lockPath(checkout));
  failpoint("checkout.unlocked");
}
