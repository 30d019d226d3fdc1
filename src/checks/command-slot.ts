import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Activity, Context, Environment } from "../context.ts";
import {
  claimSlot,
  isSlotFree,
  releaseCommandSlot,
  type SlotClaim,
  takeClaimedSlot,
} from "../store/command-slots.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { commandsMark, stateOf } from "../system/process-identity.ts";
import { heldSlotsVariable } from "./command/environment.ts";

const pause = 100;

/**
 * Runs one command within a slot of the machine; `work` gets the environment with a word about it.
 *
 * The order is flight (flights.ts), clean room (clean-room.ts), slot. A slot is taken last and held for one command
 * alone, which ends by itself or by its timeout, so whoever holds one waits for nothing of calm's. A calm that runs
 * inside of such a command runs in its slot and waits for none of the three that its ancestor may hold. Nobody waits
 * for a calm that was stopped: once it goes on, there is one command more than slots for a while.
 */
export async function withCommandSlot<T>(
  context: Context,
  activity: Pick<Activity, "state">,
  env: Environment,
  work: (inherited: Environment) => Promise<T>,
): Promise<T> {
  if (runsInsideCommand(context)) return work(env);
  const { cores } = context;
  // A lost lease is no reason to keep the slot from others.
  const store = await context.storeBeyondLease();
  const claim = await store.housekeep((tx) => claimSlot(tx, cores, stateOf));
  try {
    // What a killed calm has left would work on in the folder of this command.
    for (const dead of claim.left) await endLeftProcesses({ group: 0, marker: commandsMark(dead) });
    if (!claim.taken) {
      activity.state(
        "waiting",
        cores === 1 ? "waiting for the only slot" : `waiting for one of ${cores} slots`,
      );
      if (await isTurn(context, claim)) await store.housekeep((tx) => takeClaimedSlot(tx, claim));
    }
    return await work({ ...env, [heldSlotsVariable]: heldWith(context) });
  } finally {
    await store.housekeep((tx) => releaseCommandSlot(tx, claim));
  }
}

/** Waits for the turn of a claim; false when the wait was interrupted: then the command sees that, and does not start. */
async function isTurn(context: Context, claim: SlotClaim): Promise<boolean> {
  const store = await context.storeBeyondLease();
  while (!context.signal.aborted) {
    if (await isSlotFree(store, context.host, claim, context.cores, stateOf)) return true;
    await sleep(pause);
  }
  return false;
}

/** Whether this calm was started by a command that holds a slot of the same CALM_HOME. */
export function runsInsideCommand(context: Pick<Context, "env" | "home">): boolean {
  return heldBy(context.env).includes(nameOf(context));
}

function heldBy(env: Environment): string[] {
  return (env[heldSlotsVariable] ?? "").split(":").filter((name) => name !== "");
}

function heldWith(context: Context): string {
  return [...heldBy(context.env), nameOf(context)].join(":");
}

function nameOf({ home }: Pick<Context, "home">): string {
  return createHash("sha256").update(home.database).digest("hex").slice(0, 16);
}
