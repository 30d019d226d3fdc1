import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ObjectReader } from "./object-reader.ts";
import { isObjectId } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Most task branches are shorter; a longer way is one process of git. */
const mostSteps = 16;

/**
 * True when first parents lead from `tip` to `ancestor` within a few steps, so that it is their only best common
 * ancestor. False says nothing: then git knows. It sees other parents than the commits name where a clone is shallow.
 */
export async function isNearAncestor(
  repository: Repository,
  ancestor: string,
  tip: string,
): Promise<boolean> {
  if (isCutShort(repository)) return false;
  const { objects } = repository;
  const oldest = (await readCommit(objects, ancestor))?.time ?? 0;
  let id: string | undefined = tip;
  for (let step = 0; step <= mostSteps && id !== undefined; step++) {
    if (id === ancestor) return true;
    const commit: Facts | undefined = await readCommit(objects, id);
    // What is older can still be a descendant, if clocks disagreed; git would find that.
    if (!commit || commit.time < oldest) return false;
    id = commit.parents[0];
  }
  return false;
}

/** True when a commit is the other one, or a parent of it. False says nothing. */
export async function isParent(repository: Repository, commit: string, child: string): Promise<boolean> {
  if (commit === child) return true;
  if (!isObjectId(child) || isCutShort(repository)) return false;
  return (await readCommit(repository.objects, child))?.parents.includes(commit) === true;
}

/** Whether git sees other parents than the commits name. */
function isCutShort({ commonDir }: Repository): boolean {
  return ["shallow", "info/grafts"].some((name) => existsSync(join(commonDir, name)));
}

/** The parents of a commit, and when it was committed in seconds since 1970. */
interface Facts {
  readonly parents: readonly string[];
  readonly time: number;
}

async function readCommit(objects: ObjectReader, id: string): Promise<Facts | undefined> {
  const object = await objects.read(id);
  if (object?.type !== "commit") return undefined;
  const [header = ""] = object.bytes.toString("latin1").split("\n\n", 1);
  const time = /^committer .*> (\d+) [+-]\d+$/m.exec(header)?.[1];
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].flatMap(([, id]) => id ?? []);
  return { parents, time: Number(time ?? 0) };
}
