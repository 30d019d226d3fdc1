import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { batchDue, batchJobs, type Counter } from "../model/counter.ts";
import type { Reader, Writer } from "./store.ts";

/** The counters of the project by name. */
export async function listCounters(store: Reader): Promise<Counter[]> {
  return store.db
    .selectFrom("counters")
    .select(["name", "value"])
    .where("project_id", "=", store.project)
    .orderBy("name")
    .execute();
}

/** A counter; Failure counter_not_found with the nearest name. */
export async function getCounter(store: Reader, name: string): Promise<Counter> {
  const counter = await store.db
    .selectFrom("counters")
    .select(["name", "value"])
    .where("project_id", "=", store.project)
    .where("name", "=", name)
    .executeTakeFirst();
  if (counter) return counter;
  const near = closest(
    name,
    (await listCounters(store)).map((one) => one.name),
  );
  throw new Failure("counter_not_found", `Counter ${name} not found`, {
    hint: near ? `Did you mean ${near}?` : `Create it: calm counter add ${name}`,
  });
}

/** Sets an existing counter. */
export async function setCounter(tx: Writer, name: string, value: number): Promise<Counter> {
  await getCounter(tx, name);
  await tx.db
    .updateTable("counters")
    .set({ value })
    .where("project_id", "=", tx.project)
    .where("name", "=", name)
    .execute();
  return { name, value };
}

/** Adds one to an existing counter and returns the value that this made. */
export async function incrementCounter(tx: Writer, name: string): Promise<Counter> {
  const { value } = await getCounter(tx, name);
  if (value < Number.MAX_SAFE_INTEGER) return setCounter(tx, name, value + 1);
  throw new Failure("invalid_input", `Counter ${name} is at its highest value, ${value}`, {
    hint: `Start it anew: calm counter reset ${name}`,
  });
}

/** Takes one off an existing counter, down to nothing. */
export async function decrementCounter(tx: Writer, name: string): Promise<Counter> {
  const { value } = await getCounter(tx, name);
  return setCounter(tx, name, Math.max(0, value - 1));
}

/** Adds a counter; Failure already_exists when the name is taken. */
export async function addCounter(tx: Writer, name: string, value: number): Promise<Counter> {
  const result = await tx.db
    .insertInto("counters")
    .values({ project_id: tx.project, name, value })
    .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 1n) return { name, value };
  throw new Failure("already_exists", `Counter ${name} already exists`, {
    hint: `Change it: calm counter set ${name} ${value}`,
  });
}

/** The batch jobs that are due, each as a sentence. */
export async function listDueJobs(store: Reader): Promise<string[]> {
  return (await listCounters(store)).flatMap(({ name, value }) => {
    const job = batchJobs[name];
    return job !== undefined && value >= batchDue ? `${name} is ${value}: ${job} is due` : [];
  });
}
