import type { Context } from "../context.ts";
import { type OwnEnvironment, ownEnvironment } from "./command/own-environment.ts";
import { placeOf, type Whereabouts } from "./command/whereabouts.ts";
import type { CommandResult } from "./check.ts";

const told = new WeakMap<Context, Set<string>>();

/** Where a room lies among the working trees of its project. */
export async function whereaboutsOf(context: Context, room: string): Promise<Whereabouts> {
  const roots = (await context.git()).checkoutRoots();
  return { room: placeOf(room) ?? room, checkouts: roots.flatMap((path) => placeOf(path) ?? []) };
}

/** The environment for commands in a room: nothing in it leads into another working tree; what did is told once. */
export async function environmentIn(context: Context, room: string): Promise<OwnEnvironment> {
  const own = ownEnvironment(context.env, await whereaboutsOf(context, room));
  const before = told.get(context) ?? new Set();
  told.set(context, before);
  for (const one of own.leftOut.filter((text) => !before.has(text))) {
    before.add(one);
    context.progress(`left out of the commands' environment, for it lies in another checkout: ${one}`);
  }
  return own;
}

/** A result that says what its command could not see, where that may be why it failed. */
export function withLeftOut(result: CommandResult, { leftOut }: OwnEnvironment): CommandResult {
  if (result.verdict !== "fail" || leftOut.length === 0) return result;
  const note = `Left out of its environment, for it lies in another checkout: ${leftOut.join(", ")}`;
  return { ...result, message: `${result.message}\n${note}` };
}
