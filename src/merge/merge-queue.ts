import type { Context } from "../context.ts";
import { inOrder, type LivingPlace, type MergePlace } from "../model/merge-queue.ts";
import {
  addPlace,
  giveTurn,
  holdsTurn,
  listPlaces,
  removePlaces,
  renewPlace,
  setPlace,
  type Turn,
} from "../store/merge-queue.ts";
import type { Reader, Store } from "../store/store.ts";
import { type ProcessState, stateOf } from "../system/process-identity.ts";

/** Milliseconds without a sign of life after which the place of another host's process is free. */
const foreignLease = 5 * 60_000;
const signOfLife = 60_000;

/** What a look at the queue found. */
export interface MergeQueue {
  /** In the order in which they have their turn. */
  readonly living: readonly LivingPlace[];
  /** Their processes are gone. */
  readonly dead: readonly MergePlace[];
}

/** Looks at the project's merge queue and changes nothing. */
export async function readQueue(context: Context, store: Reader): Promise<MergeQueue> {
  const seen = (await listPlaces(store)).map((place) => ({ place, state: stateOfHolder(context, place) }));
  const living = seen.filter(({ state }) => state !== "gone");
  return {
    living: inOrder(living.map(({ place, state }) => ({ ...place, stopped: state === "stopped" }))),
    dead: seen.filter(({ state }) => state === "gone").map(({ place }) => place),
  };
}

function stateOfHolder(context: Context, place: MergePlace): ProcessState {
  const { host, pid, pid_started: started, seen_at: seen } = place;
  if (host === context.host) return stateOf({ pid, started });
  // Of another machine's process only its signs of life can be seen.
  return Date.parse(context.now()) - Date.parse(seen) > foreignLease ? "gone" : "running";
}

/** The places in their order; whoever looks frees those of dead processes. */
export async function lookAtQueue(context: Context): Promise<readonly LivingPlace[]> {
  // Tidying up after somebody is no work of the worker that does it.
  const store = await context.storeBeyondLease();
  const { living, dead } = await readQueue(context, store);
  const numbers = dead.map(({ number }) => number);
  // A number is given once, and a process that is gone does not come back.
  if (numbers.length > 0) await store.housekeep((tx) => removePlaces(tx, numbers));
  return living;
}

/** A place of one's own, with the turn where nobody else is there. */
export interface OwnPlace {
  readonly own: number;
  readonly turn: Turn | undefined;
}

/**
 * Joins the queue, unless a merge of the task is in it: then gives that place. One that was stopped loses its place to
 * this one.
 */
export async function joinQueue(
  context: Context,
  wanted: { readonly task: string; readonly kind: MergePlace["kind"] },
): Promise<OwnPlace | { readonly other: LivingPlace }> {
  const store = await context.store();
  return store.housekeep(async (tx) => {
    const { living, dead } = await readQueue(context, tx);
    const same = living.find(({ task_id: task }) => task === wanted.task);
    if (same && !same.stopped) return { other: same };
    await removePlaces(
      tx,
      [...dead, ...(same ? [same] : [])].map(({ number }) => number),
    );
    const own = await addPlace(tx, wanted);
    const isAlone = living.every((one) => one === same);
    return { own, turn: isAlone ? await giveTurn(tx, own) : undefined };
  });
}

/** Does work that a place of the queue is for; gives signs of life, and the place back however it ends. */
export async function holdPlace<T>(context: Context, place: number, work: () => Promise<T>): Promise<T> {
  const store = await context.storeBeyondLease();
  const timer = setInterval(() => {
    store
      .housekeep((tx) => renewPlace(tx, place))
      .catch((error: unknown) => {
        context.warn(`The place in the merge queue was not renewed: ${String(error)}`);
      });
  }, signOfLife);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await giveBack(context, store, place);
  }
}

/** What came of the work counts, not what becomes of the place: whoever looks frees it once this process has ended. */
async function giveBack(context: Context, store: Store, place: number): Promise<void> {
  try {
    await store.housekeep((tx) => removePlaces(tx, [place]));
  } catch (error) {
    context.warn(`The place in the merge queue is given back only when this process ends: ${String(error)}`);
  }
}

/** The turn of a place that is first, or has it already; undefined when it has to wait, or is gone. */
export async function takeTurn(context: Context, place: number): Promise<Turn | undefined> {
  const store = await context.store();
  return store.housekeep(async (tx) => {
    const [first] = (await readQueue(context, tx)).living;
    if (first?.number !== place) return undefined;
    return first.fence === null ? giveTurn(tx, place) : { place, fence: first.fence };
  });
}

/** Puts a place back from what it has built in vain: those behind it must not be checked on top of that. */
export async function withdrawCandidate(context: Context, turn: Turn): Promise<void> {
  const store = await context.store();
  await store.housekeep(async (tx) => {
    const state = (await holdsTurn(tx, turn)) ? "building" : "waiting";
    await setPlace(tx, turn.place, { state, candidate: null, candidate_tree: null });
  });
}
