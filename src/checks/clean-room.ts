import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { releaseSlot, setSlotKey, type Slot, takeSlot } from "../store/slots.ts";
import { pathExists } from "../system/files.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { removeLeftovers } from "../system/leftovers.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { commandsMark, stateOf } from "../system/process-identity.ts";
import { runsInsideCommand } from "./command-slot.ts";
import type { Setup } from "./command/setup.ts";
import type { SetupPlan } from "./set-up.ts";

const pause = 100;

/**
 * Runs work in a clean room: a warm repository of its own outside the project, exactly at a commit, set up for its
 * lock files. `prepare` runs the setup when that has changed and gives the reason when it failed.
 */
export async function withCleanRoom<T>(
  context: Context,
  room: { readonly commit: string; readonly setup: Setup; readonly key: string },
  prepare: (plan: SetupPlan) => Promise<string | undefined>,
  work: (path: string, problem: string | undefined) => Promise<T>,
): Promise<T> {
  const project = await context.project();
  const slot = await waitForSlot(context);
  // The room is given back in the state that it is in, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  const path = join(context.home.slots, project.id, String(slot.number));
  try {
    if (slot.left) await endLeftProcesses({ group: 0, marker: commandsMark(slot.left) });
    const warm = slot.setup_key === room.key;
    await checkOut(context, path, room.commit, warm ? room.setup.folders : []);
    let problem: string | undefined;
    if (!warm) {
      await store.housekeep((tx) => setSlotKey(tx, slot.number, null));
      problem = await prepare({ path, kind: "clean", setup: room.setup });
      if (problem === undefined) await store.housekeep((tx) => setSlotKey(tx, slot.number, room.key));
    }
    return await work(path, problem);
  } finally {
    await store.housekeep((tx) => releaseSlot(tx, slot.number));
  }
}

async function waitForSlot(context: Context): Promise<Slot> {
  const store = await context.store();
  // The command that this calm was started by may be in the only room.
  const most = runsInsideCommand(context) ? Number.MAX_SAFE_INTEGER : context.cores;
  for (let told = false; ; told = true) {
    context.signal.throwIfAborted();
    const slot = await store.housekeep((tx) => takeSlot(tx, most, stateOf));
    if (slot) return slot;
    if (!told) context.progress("waiting for a clean room: all are in use");
    await sleep(pause);
  }
}

async function checkOut(
  context: Context,
  path: string,
  commit: string,
  keep: readonly string[],
): Promise<void> {
  const git = await context.git();
  makePrivateFolder(join(path, ".."));
  if (pathExists(path)) {
    try {
      await git.resetClone(path, commit, keep);
      return;
    } catch {
      // Whatever broke the room (a killed command, a lost object store), a new one is as good.
      await removeLeftovers(path);
    }
  }
  await git.cloneShared(path);
  await git.resetClone(path, commit, keep);
}
