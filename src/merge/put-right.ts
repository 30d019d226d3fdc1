import type { Context } from "../context.ts";
import { findLock, lockCheckout, releaseIndex } from "./checkout.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { settle } from "./settle.ts";

/** Makes the checkout agree with its HEAD, which may have been switched, if this merge was changing it in that state. */
export async function putRight(
  context: Context,
  id: string,
  state: string,
  merge: BuiltMerge,
): Promise<void> {
  const git = await context.git();
  const path = merge.checkout;
  const current = path === undefined ? undefined : (await git.head(path))?.commit;
  if (path === undefined || current === undefined) return;
  const checkout = { path, gitDir: await git.gitDirOf(path) };
  const found = await findLock(checkout, id);
  if (state !== "updating") {
    if (found) await releaseIndex(found);
    return;
  }
  const change = { from: merge.old, to: merge.candidate, current };
  const left = await settle(context, found ?? (await lockCheckout(context, checkout, id)), change);
  if (left.length === 0) return;
  context.warn(
    `Left alone in ${checkout.path}, because they hold edits: ${left.join(", ")}. ` +
      `Compare them with the branch: git -C ${checkout.path} diff HEAD`,
  );
}
