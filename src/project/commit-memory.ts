import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { KeptObjects } from "../git/object-reader.ts";
import { hasShapeOf } from "../model/has-shape-of.ts";
import { type CommitMemory, findRemembered, setRemembered } from "../store/remembered-commits.ts";
import type { Reader } from "../store/store.ts";

/** Another calm may make something else of the same commit. Only the build knows which one this is. */
export const edition = typeof CALM_EDITION === "string" ? CALM_EDITION : "unbuilt";

const found = new WeakMap<Reader, Map<string, Promise<CommitMemory>>>();

/**
 * What was read of a commit before, as the value that was remembered; undefined = it has to be read, as what is not of
 * its shape has. Only what the commit's own id decides may be remembered: no ref, no index, no file of a working tree.
 */
export async function recall<T>(
  context: Context,
  commit: string,
  subject: string,
  hasShape: (value: unknown) => value is T,
): Promise<T | undefined> {
  const store = await context.storeBeyondLease();
  const known = found.get(store) ?? new Map<string, Promise<CommitMemory>>();
  found.set(store, known);
  const memory = known.get(commit) ?? findRemembered(store, commit);
  known.set(commit, memory);
  const content = (await memory).get(subject);
  if (content === undefined) return undefined;
  // Written by this very build of calm, or without any meaning of its own; but anything may have happened to it since.
  const value: unknown = JSON.parse(content);
  return hasShape(value) ? value : undefined;
}

/** Remembers what was read of a commit; values by subject. */
export async function remember(
  context: Context,
  commit: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return;
  const memory = new Map(
    Object.entries(values).map(([subject, value]) => [subject, JSON.stringify(value)] as const),
  );
  try {
    const store = await context.storeBeyondLease();
    const before = await found.get(store)?.get(commit);
    found.get(store)?.set(commit, Promise.resolve(new Map([...(before ?? []), ...memory])));
    // Most who ask only read; they are not to wait for those who write.
    await store.housekeepIfFree((tx) => setRemembered(tx, commit, memory));
  } catch (error) {
    // What is not remembered is read again, and whoever has read it is to be answered all the same.
    if (!(error instanceof Failure)) throw error;
  }
}

// Their ids say what they hold, so any calm may have read them, and for anything.
const objects = "objects";

function areKept(value: unknown): value is KeptObjects {
  return hasShapeOf<object>({}, value) && Object.values(value).every(isPairOfTexts);
}

function isPairOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "string");
}

/** Knows the objects again that were read when a gate was last checked at a commit. */
export async function recallObjects(context: Context, commit: string): Promise<void> {
  const kept = await recall(context, commit, objects, areKept);
  if (kept) (await context.git()).knowObjects(kept);
}

/** What `remember` is to be told of the objects that were read by now for a commit; nothing where it knows them. */
export async function newObjects(context: Context, commit: string): Promise<Record<string, unknown>> {
  const kept = (await context.git()).keptObjects();
  const known = (await recall(context, commit, objects, areKept)) ?? {};
  return Object.keys(kept).every((id) => Object.hasOwn(known, id)) ? {} : { [objects]: kept };
}
