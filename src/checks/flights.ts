import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import {
  addUnderWay,
  type CheckUnderWay,
  type HeldCheck,
  listUnderWay,
  removeUnderWay,
  type SeenCheck,
} from "../store/checks-under-way.ts";
import { stateOf } from "../system/process-identity.ts";
import { runsInsideCommand } from "./command-slot.ts";

const pause = 100;

/** So often it waits for others: for one that fails, or dies, and for the next one that tries. */
const patience = 2;

/**
 * The checks that one gate run has under way, so that others wait for their verdicts instead of running them again.
 *
 * Nobody waits who leads anything: all checks of a run are taken in one transaction or none, and what comes later in
 * the same run waits no more. So there is no circle of runs that wait for each other.
 */
export interface Flights {
  /**
   * Takes these checks for this run, and gives true. False when others had one of them under way: they have ended
   * now, and their verdict may be there.
   */
  take(checks: readonly CheckUnderWay[], mayWait: boolean): Promise<boolean>;
  /** Gives everything back, once the verdicts are recorded, or will never be. */
  end(): Promise<void>;
}

/** What flights ask of the call that they belong to. */
type Caller = Pick<Context, "env" | "home" | "host" | "signal" | "progress" | "storeBeyondLease">;

/** The flights of one gate run; `see` tells what a process does. */
export function createFlights(context: Caller, see = stateOf): Flights {
  const led: HeldCheck[] = [];
  let waits = 0;
  // What a command of a check asks for may be the very check that it belongs to.
  const inside = runsInsideCommand(context);
  return {
    async take(checks, mayWait) {
      if (inside) return true;
      const patient = mayWait && led.length === 0 && waits < patience;
      const store = await context.storeBeyondLease();
      const others = await store.housekeep(async (tx) => {
        const found = await listUnderWay(tx, context.host, see);
        await removeUnderWay(tx, found.filter(isDead));
        const living = found.filter((one) => !isDead(one));
        const busy = living.filter(
          (one) => isAtWork(one) && checks.some((check) => serves(one, check)) && !led.some(same(one)),
        );
        if (busy.length > 0 && patient) return busy;
        const free = withoutTwins(checks).filter((check) => !living.some(same(check)));
        await addUnderWay(tx, free);
        const { pid, started } = tx.stamp.process;
        led.push(...free.map((check) => ({ ...check, pid, started })));
        return [];
      });
      if (others.length === 0) return true;
      waits += 1;
      await waitFor(context, others, () => listUnderWay(store, context.host, see));
      return false;
    },
    async end() {
      if (led.length === 0) return;
      const store = await context.storeBeyondLease();
      await store.housekeep((tx) => removeUnderWay(tx, led));
    },
  };
}

async function waitFor(
  context: Caller,
  others: readonly HeldCheck[],
  look: () => Promise<SeenCheck[]>,
): Promise<void> {
  const pids = [...new Set(others.map(({ pid }) => pid))].join(", ");
  context.progress(`the same check is under way in process ${pids}; waiting for its verdict`);
  for (;;) {
    context.signal.throwIfAborted();
    const found = await look();
    const left = found.filter((one) => others.some((other) => same(one)(other) && isHolder(one, other)));
    if (!left.some(isAtWork)) return;
    await sleep(pause);
  }
}

function isDead({ state }: SeenCheck): boolean {
  return state === "gone";
}

/** What was stopped, as by Ctrl-Z, may never go on: nobody waits for its verdict. */
function isAtWork({ state }: SeenCheck): boolean {
  return state === "running";
}

/** Whether the verdict of a check under way will be one of the wanted check. */
function serves(one: CheckUnderWay, wanted: CheckUnderWay): boolean {
  return sameKey(one, wanted) && (one.room === "clean" || wanted.room === "worktree");
}

function sameKey(one: CheckUnderWay, other: CheckUnderWay): boolean {
  const { tree, definition, toolchain } = other;
  return one.tree === tree && one.definition === definition && one.toolchain === toolchain;
}

function same(one: CheckUnderWay): (other: CheckUnderWay) => boolean {
  return (other) => sameKey(one, other) && one.room === other.room;
}

function isHolder(one: HeldCheck, other: HeldCheck): boolean {
  return one.pid === other.pid && one.started === other.started;
}

/** Two names may stand for one command. */
function withoutTwins(checks: readonly CheckUnderWay[]): CheckUnderWay[] {
  return checks.filter((check, index) => checks.findIndex(same(check)) === index);
}
