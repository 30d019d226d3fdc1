import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ObjectReader } from "./object-reader.ts";
import type { Repository } from "./repository.ts";

/** Most task branches are shorter; a longer way is one process of git. */
const mostSteps = 16;

/**
 * True when first parents lead from `tip` to `ancestor` within a few steps, so that it is their only best common
 * ancestor. False says nothing: then git knows. It sees other parents than the commits name where a clone is shallow.
 */
export async function isNearAncestor(
  { objects, commonDir }: Repository,
  ancestor: string,
  tip: string,
): Promise<boolean> {
  if (["shallow", "info/grafts"].some((name) => existsSync(join(commonDir, name)))) return false;
  const oldest = (await readCommit(objects, ancestor))?.time ?? 0;
  let id: string | undefined = tip;
  for (let step = 0; step <= mostSteps && id !== undefined; step++) {
    if (id === ancestor) return true;
    const commit: Facts | undefined = await readCommit(objects, id);
    // What is older can still be a descendant, if clocks disagreed; git would find that.
    if (!commit || commit.time < oldest) return false;
    id = commit.parent;
  }
  return false;
}

/** The first parent of a commit, and when it was committed in seconds since 1970. */
interface Facts {
  readonly parent: string | undefined;
  readonly time: number;
}

async function readCommit(objects: ObjectReader, id: string): Promise<Facts | undefined> {
  const object = await objects.read(id);
  if (object?.type !== "commit") return undefined;
  const [header = ""] = object.bytes.toString("latin1").split("\n\n", 1);
  const time = /^committer .*> (\d+) [+-]\d+$/m.exec(header)?.[1];
  return { parent: /^parent ([0-9a-f]+)$/m.exec(header)?.[1], time: Number(time ?? 0) };
}
