import type { Git } from "./git.ts";
import { revision } from "./ref-name.ts";
import { durable, type Repository } from "./repository.ts";
import { type StaleLocks, staleLocks } from "./stale-locks.ts";

/** Changing refs, each by one compare-and-swap. */
export function refs(
  repository: Repository,
  commitOf: Git["commitOf"],
): Pick<Git, "moveRef" | "deleteRef" | "deleteRefs"> & StaleLocks {
  const swap = async (refs: ReadonlyMap<string, string | undefined>, input: string, reason: string) => {
    const message = reason === "" ? [] : ["-m", reason];
    try {
      await repository.run(["update-ref", ...message, "--stdin", "-z"], { input, config: durable });
      return true;
    } catch (error) {
      // git gives one exit code for "has moved" and for everything else; the refs themselves tell them apart.
      for (const [ref, from] of refs) if ((await commitOf(ref)) !== from) return false;
      throw error;
    }
  };
  const deleteRefs: Git["deleteRefs"] = async (refs) => {
    const lines = [...refs].map(([ref, from]) => `delete ${revision(ref)}\0${revision(from)}\0`);
    return swap(refs, lines.join(""), "");
  };
  return {
    moveRef: async (ref, to, from, reason) => {
      const old = from === undefined ? "0".repeat(to.length) : revision(from);
      return swap(new Map([[ref, from]]), `update ${revision(ref)}\0${revision(to)}\0${old}\0`, reason);
    },
    ...staleLocks(repository),
    deleteRef: (ref, from) => deleteRefs(new Map([[ref, from]])),
    deleteRefs,
  };
}
