import { inChunks } from "./in-chunks.ts";
import type { Reader } from "./store.ts";

/** An id as a key: two ids of one project never differ only in case. */
export function idKey(id: string): string {
  return id.toLowerCase();
}

/** The tasks that some ids name, in any case of letters: key → the id as it is stored, and its parent. */
export async function findTaskIds(
  store: Reader,
  ids: readonly string[],
): Promise<Map<string, { readonly id: string; readonly parent: string | null }>> {
  const found = new Map<string, { id: string; parent: string | null }>();
  for (const some of inChunks(ids)) {
    const rows = await store.db
      .selectFrom("tasks")
      .select(["id", "spec_id"])
      .where("project_id", "=", store.project)
      .where("id", "in", some)
      .execute();
    for (const { id, spec_id: parent } of rows) found.set(idKey(id), { id, parent });
  }
  return found;
}

/** The parent of each of some tasks and of all their ancestors, by key; a parent need not exist. */
export async function ancestorsOf(
  store: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const parents = new Map<string, string>();
  const looked = new Set<string>();
  // Level by level: ancestors are few, and the whole project may be large.
  for (let level = ids; level.length > 0; ) {
    for (const id of level) looked.add(idKey(id));
    const next: string[] = [];
    for (const [key, { parent }] of await findTaskIds(store, level)) {
      if (parent === null) continue;
      parents.set(key, parent);
      if (!looked.has(idKey(parent))) next.push(parent);
    }
    level = [...new Set(next)];
  }
  return parents;
}
