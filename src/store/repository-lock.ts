import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { Failure } from "../failure.ts";

/** Milliseconds that one attempt may block; between attempts a signal can end the wait. */
const attempt = 20;
const pause = 30;

function isBusy(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}

/**
 * Runs work under the repository's lock: a kernel lock on a file in the common git directory, so that two CALM_HOMEs
 * share it and a dead holder frees it at once. Held for git administration and publishing only, never during tests.
 * Failure busy after `wait` milliseconds.
 */
export async function withRepositoryLock<T>(
  commonDir: string,
  options: { wait: number; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(commonDir, "calm");
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "lock.db"), { timeout: attempt });
  try {
    await acquire(database, options);
    return await work();
  } finally {
    // Closing rolls the empty transaction back, which is what lets the next one in.
    database.close();
  }
}

async function acquire(
  database: InstanceType<typeof DatabaseSync>,
  options: { wait: number; signal: AbortSignal },
): Promise<void> {
  for (let waited = 0; ; waited += attempt + pause) {
    options.signal.throwIfAborted();
    try {
      database.exec("begin exclusive");
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (waited >= options.wait) {
        throw new Failure("busy", "Another calm process is changing this repository", { hint: "Try again" });
      }
    }
    await sleep(pause);
  }
}
