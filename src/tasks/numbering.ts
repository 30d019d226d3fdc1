import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { lastNumber, nextNumber } from "../store/sequences.ts";
import type { Writer } from "../store/store.ts";
import { findTask, listIds } from "../store/tasks.ts";

/** The default branch's short name; undefined where the repository does not have one yet. */
export async function defaultBranchName(context: Context): Promise<string | undefined> {
  const git = await context.git();
  try {
    return await git.defaultBranch();
  } catch (error) {
    // Tasks may be written down before the first commit.
    if (error instanceof Failure && error.kind === "not_found") return undefined;
    throw error;
  }
}

/** The highest number that an id of this prefix has, in the database or anywhere in the repository; 0 for none. */
export async function findTakenNumber(context: Context, prefix: string): Promise<number> {
  const pattern = new RegExp(`^${prefix}-0*(\\d{1,9})(\\.md)?/?$`, "i");
  let highest = 0;
  const look = (name: string): void => {
    highest = Math.max(highest, Number(pattern.exec(name)?.[1] ?? 0));
  };
  const git = await context.git();
  for (const id of await listIds(await context.store(), prefix)) look(id);
  for (const branch of (await git.branches()).keys()) look(branch);
  const branch = await defaultBranchName(context);
  const tip = branch === undefined ? undefined : await git.commitOf(`refs/heads/${branch}`);
  if (tip === undefined) return highest;
  for (const folder of ["planning_docs", "bug_reports", "changelog.d"]) {
    for (const name of await git.listFolder(tip, folder)) look(name);
  }
  for (const task of await git.trailerValues(tip, "Calm-Task", prefix)) look(task);
  return highest;
}

const sequenceOf = (prefix: string): string => `id ${prefix}`;
const numbered = (prefix: string, number: number): string => `${prefix}-${String(number).padStart(3, "0")}`;

/** The id that `reserveId` would give now; reserves nothing. */
export async function previewId(context: Context, prefix: string): Promise<string> {
  const taken = await findTakenNumber(context, prefix);
  const given = await lastNumber(await context.store(), sequenceOf(prefix));
  return numbered(prefix, Math.max(taken, given) + 1);
}

/** Reserves the next id of a prefix, above `floor`, which is what else in the repository has one. */
export async function reserveId(tx: Writer, prefix: string, floor: number): Promise<string> {
  for (;;) {
    const id = numbered(prefix, await nextNumber(tx, sequenceOf(prefix), floor + 1));
    // Somebody may have taken it by name since the floor was found.
    if (!(await findTask(tx, id))) return id;
  }
}
