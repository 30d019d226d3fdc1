import { join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { filesBelow, lookAt, removeTree } from "../system/files.ts";
import { isOpenSomewhere } from "../system/open-files.ts";
import { isRefName } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** The part of the gateway that clears away what a git leaves that was killed, or that the system refused to go on. */
export interface StaleLocks {
  /** The refs, HEAD and packed-refs among them, whose lock file is older than a second, and open in no process. */
  findStaleLocks(): Promise<string[]>;
  /** Removes such lock files of these refs, and of HEAD and packed-refs. */
  removeStaleLocks(refs: readonly string[]): Promise<void>;
}

/** Milliseconds after which a lock of a ref, which git holds for an instant, is nobody's. */
const staleAge = 1000;

const apart = ["packed-refs", "HEAD"];

/** Finding and removing the locks of refs that nobody holds. */
export function staleLocks(repository: Repository): StaleLocks {
  const pathOf = (ref: string): string => join(repository.commonDir, `${ref}.lock`);
  return {
    findStaleLocks: async () => {
      const below = (await filesBelow(join(repository.commonDir, "refs"))).map((path) => join("refs", path));
      // No ref can have a name that ends so.
      const locks = below
        .filter((path) => path.endsWith(".lock"))
        .map((path) => path.slice(0, -".lock".length));
      return staleAmong([...apart, ...locks.map((path) => path.replaceAll(sep, "/"))], pathOf);
    },
    removeStaleLocks: async (refs) => {
      const names = [...apart, ...refs.filter((ref) => isRefName(ref))];
      for (const ref of await staleAmong(names, pathOf)) await removeTree(pathOf(ref));
    },
  };
}

async function staleAmong(refs: readonly string[], pathOf: (ref: string) => string): Promise<string[]> {
  const found = refs.filter((ref) => lookAt(pathOf(ref))?.isFile() === true);
  if (found.length === 0) return [];
  // A lock that is younger may be at work; after this time each one that is still the same is not.
  const seen = new Map(found.map((ref) => [ref, lookAt(pathOf(ref))?.mtimeMs]));
  await sleep(staleAge);
  const stale: string[] = [];
  for (const [ref, time] of seen) {
    const now = lookAt(pathOf(ref));
    if (now?.mtimeMs === time && now !== undefined && !(await isOpenSomewhere(pathOf(ref)))) stale.push(ref);
  }
  return stale;
}
