import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { freePath } from "./free-path.ts";

/** Moves a folder in one step to a place on the same file system; Failure file_failed where the system refuses. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (why === "ENOTEMPTY" || why === "EEXIST") throw justMade(from, to, error);
    throw new Failure("file_failed", `${from} could not be moved away (${why}); it is as it was`, {
      hint: `See whether it is a mount point, and who may write there: ls -ld ${from} ${dirname(from)}`,
      details: { from, to, code: why },
      cause: error,
    });
  }
}

function justMade(from: string, to: string, cause: unknown): Failure {
  return new Failure("file_failed", `${to} has just been made by somebody else; ${from} stays where it is`, {
    hint: `Move it away and try again: mv ${to} ${freePath(`${to}.old`)}`,
    details: { from, to },
    cause,
  });
}
