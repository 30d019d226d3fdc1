import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lookAt, removeTree } from "../system/files.ts";
import { isOpenSomewhere } from "../system/open-files.ts";
import { isRefName } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Milliseconds after which a lock of a ref, which git holds for an instant, is nobody's. */
const staleAge = 1000;

/** Removes what a killed git left of its locks on these refs; a lock in use is left alone. */
export async function removeStaleLocks(repository: Repository, refs: readonly string[]): Promise<void> {
  const names = ["packed-refs", "HEAD", ...refs.filter((ref) => isRefName(ref))];
  const locks = names.map((name) => join(repository.commonDir, `${name}.lock`));
  const found = locks.filter((path) => lookAt(path)?.isFile() === true);
  if (found.length === 0) return;
  // A lock that is younger may be at work; after this time each one that is still the same is not.
  const seen = new Map(found.map((path) => [path, lookAt(path)?.mtimeMs]));
  await sleep(staleAge);
  for (const [path, time] of seen) {
    const now = lookAt(path);
    if (!now || now.mtimeMs !== time || (await isOpenSomewhere(path))) continue;
    await removeTree(path);
  }
}
