import { standardCounters } from "../model/counter.ts";
import type { Queries } from "./queries.ts";
import type { Reader, Writer } from "./store.ts";

/** A place where a project has been seen. */
export interface Checkout {
  readonly host: string;
  readonly common_dir: string;
  readonly root: string;
}

/** The places where the project has been seen on a host. */
export async function listCheckouts(store: Reader, host: string): Promise<Checkout[]> {
  return store.db
    .selectFrom("checkouts")
    .select(["host", "common_dir", "root"])
    .where("project_id", "=", store.project)
    .where("host", "=", host)
    .orderBy("first_seen_at")
    .execute();
}

/** Makes the project and this place of it known; safe for many processes at once. */
export async function registerProject(tx: Writer, name: string, checkout: Checkout): Promise<void> {
  const now = tx.stamp.now();
  await tx.db
    .insertInto("projects")
    .values({ id: tx.project, name, created_at: now })
    // A renamed repository is found by its new name.
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ name }))
    .execute();
  // Where another project was, this one is now; --project must not lead there any more.
  await tx.db
    .deleteFrom("checkouts")
    .where("project_id", "!=", tx.project)
    .where("host", "=", checkout.host)
    .where("common_dir", "=", checkout.common_dir)
    .where("common_dir", "!=", "")
    .execute();
  await tx.db
    .insertInto("checkouts")
    .values({ project_id: tx.project, ...checkout, first_seen_at: now })
    .onConflict((conflict) =>
      conflict.columns(["project_id", "host", "common_dir"]).doUpdateSet({ root: checkout.root }),
    )
    .execute();
  await tx.db
    .insertInto("counters")
    .values(standardCounters.map((counter) => ({ project_id: tx.project, name: counter, value: 0 })))
    .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
    .execute();
}

/** Makes a project known whose repository is not on this host: a place without a git directory. */
export async function registerMissing(tx: Writer, name: string, host: string, root: string): Promise<void> {
  await registerProject(tx, name, { host, common_dir: "", root });
}

/** The project that was taken over from a path where no repository was then. */
export async function findMissing(
  db: Queries,
  host: string,
  by: { readonly root: string } | { readonly nameOrId: string },
): Promise<{ id: string; name: string; root: string } | undefined> {
  let query = db
    .selectFrom("projects")
    .innerJoin("checkouts", "checkouts.project_id", "projects.id")
    .select(["projects.id", "projects.name", "checkouts.root"])
    .where("checkouts.host", "=", host)
    .where("checkouts.common_dir", "=", "");
  if ("root" in by) query = query.where("checkouts.root", "=", by.root);
  else {
    const { nameOrId } = by;
    query = query.where((eb) =>
      eb.or([eb("projects.id", "=", nameOrId), eb("projects.name", "=", nameOrId)]),
    );
  }
  const found = await query.limit(2).execute();
  return found.length === 1 ? found[0] : undefined;
}

/** Forgets a place that the project has left. */
export async function forgetCheckout(tx: Writer, checkout: Checkout): Promise<void> {
  await tx.db
    .deleteFrom("checkouts")
    .where("project_id", "=", tx.project)
    .where("host", "=", checkout.host)
    .where("common_dir", "=", checkout.common_dir)
    .execute();
}

/** The roots on this host of the projects with this id or name; asked before a project is chosen. */
export async function findRoots(db: Queries, nameOrId: string, host: string): Promise<string[]> {
  const rows = await db
    .selectFrom("projects")
    .innerJoin("checkouts", "checkouts.project_id", "projects.id")
    .select("checkouts.root")
    .where("checkouts.host", "=", host)
    .where((eb) => eb.or([eb("projects.id", "=", nameOrId), eb("projects.name", "=", nameOrId)]))
    .orderBy("checkouts.first_seen_at", "desc")
    .execute();
  return rows.map((row) => row.root);
}
