import { Failure } from "../failure.ts";
import { databaseFailure } from "./database-failure.ts";

/** Turns what the machine refuses of a file (no space, no permission) into a Failure; a bug stays one. */
export async function guardFiles<T>(path: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const known = databaseFailure(cause, path);
    if (known !== cause || cause instanceof Failure) throw known;
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new Failure("file_failed", `The file could not be read or written: ${cause.message}`, {
      cause,
      hint: "Look at the folder's permissions and free space, or set CALM_HOME to another folder",
      details: { path },
    });
  }
}
