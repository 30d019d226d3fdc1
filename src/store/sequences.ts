import type { Reader, Writer } from "./store.ts";

/** The next number of a project's sequence, from 1; dense, because it lives and dies with its transaction. */
export async function nextNumber(tx: Writer, name: string, atLeast = 1): Promise<number> {
  const row = await tx.db
    .insertInto("sequences")
    .values({ project_id: tx.project, name, value: atLeast })
    .onConflict((conflict) =>
      conflict.columns(["project_id", "name"]).doUpdateSet((eb) => ({
        value: eb.fn<number>("max", [eb("sequences.value", "+", 1), eb.val(atLeast)]),
      })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return row.value;
}

/** Takes the next `count` numbers of a sequence at once; gives the first of them. */
export async function nextNumbers(tx: Writer, name: string, count: number): Promise<number> {
  const row = await tx.db
    .insertInto("sequences")
    .values({ project_id: tx.project, name, value: count })
    .onConflict((conflict) =>
      conflict.columns(["project_id", "name"]).doUpdateSet((eb) => ({
        value: eb("sequences.value", "+", count),
      })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return row.value - count + 1;
}

/** The last number that a sequence gave; 0 when it has given none. */
export async function lastNumber(store: Reader, name: string): Promise<number> {
  const row = await store.db
    .selectFrom("sequences")
    .select("value")
    .where("project_id", "=", store.project)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.value ?? 0;
}
