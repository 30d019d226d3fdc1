import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { Failure } from "../failure.ts";
import { databaseFailure } from "./database-failure.ts";

/** Milliseconds between attempts. SQLite's own wait would hold up the thread, and with it a holder in this process. */
const pause = 25;

/**
 * Runs work under the repository's lock: a kernel lock on a file in the common git directory, so that two CALM_HOMEs
 * share it and a dead holder frees it at once. Held for git administration and publishing only, never during tests;
 * what else must not run twice has a lock of its own `name`. Failure busy after `wait` milliseconds.
 */
export async function withRepositoryLock<T>(
  commonDir: string,
  options: { wait: number; signal: AbortSignal; name?: "lock" | "save" },
  work: () => Promise<T>,
): Promise<T> {
  const path = join(commonDir, "calm", `${options.name ?? "lock"}.db`);
  const database = openLock(path);
  try {
    await acquire(database, path, options);
    return await work();
  } finally {
    // Closing rolls the empty transaction back, which is what lets the next one in.
    database.close();
  }
}

function openLock(path: string): InstanceType<typeof DatabaseSync> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    const failure = databaseFailure(cause, path);
    if (failure !== cause || !(cause instanceof Error)) throw failure;
    const hint = "Look at the folder's permissions and free space";
    throw new Failure("file_failed", `The repository cannot be locked: ${cause.message}`, { cause, hint });
  }
}

async function acquire(
  database: InstanceType<typeof DatabaseSync>,
  path: string,
  options: { wait: number; signal: AbortSignal },
): Promise<void> {
  for (let waited = 0; ; waited += pause) {
    options.signal.throwIfAborted();
    try {
      database.exec("begin exclusive");
      return;
    } catch (error) {
      const failure = databaseFailure(error, path);
      if (!(failure instanceof Failure) || failure.code !== "busy") throw failure;
      if (waited >= options.wait) {
        throw new Failure("busy", "Another calm process is changing this repository", { hint: "Try again" });
      }
    }
    await sleep(pause);
  }
}
