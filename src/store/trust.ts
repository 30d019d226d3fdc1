import * as z from "zod/mini";
import type { Reader, Writer } from "./store.ts";

/** A recorded approval of exactly these commands. */
export interface TrustRecord {
  readonly content_hash: string;
  readonly commands: readonly string[];
  readonly user: string;
  readonly channel: string;
  readonly created_at: string;
}

/** The approval of a content hash, unless it was revoked. */
export async function findTrust(store: Reader, contentHash: string): Promise<TrustRecord | undefined> {
  return (await standing(store).where("content_hash", "=", contentHash).execute()).map(toRecord)[0];
}

/** The approvals of the project that nobody has taken back, the newest first. */
export async function listTrust(store: Reader): Promise<TrustRecord[]> {
  return (await standing(store).orderBy("created_at", "desc").orderBy("content_hash").execute()).map(
    toRecord,
  );
}

function standing(store: Reader) {
  return store.db
    .selectFrom("trust")
    .select(["content_hash", "commands", "user", "channel", "created_at"])
    .where("project_id", "=", store.project)
    .where("revoked_at", "is", null);
}

function toRecord(row: Omit<TrustRecord, "commands"> & { readonly commands: string }): TrustRecord {
  return { ...row, commands: z.parse(z.array(z.string()), JSON.parse(row.commands)) };
}

/** Records an approval of commands. */
export async function addTrust(
  tx: Writer,
  contentHash: string,
  commands: readonly string[],
  channel: string,
): Promise<void> {
  const row = {
    commands: JSON.stringify(commands),
    user: tx.stamp.actor.user,
    channel,
    created_at: tx.stamp.now(),
    revoked_at: null,
  };
  await tx.db
    .insertInto("trust")
    .values({ project_id: tx.project, content_hash: contentHash, ...row })
    .onConflict((conflict) => conflict.columns(["project_id", "content_hash"]).doUpdateSet(row))
    .execute();
}

/** Takes every approval of the project back; returns how many there were. */
export async function revokeTrust(tx: Writer): Promise<number> {
  const result = await tx.db
    .updateTable("trust")
    .set({ revoked_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
