import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.ts";
import { shellQuote } from "./model/shell-quote.ts";

const idPattern = /^P-[a-z0-9]{10,40}$/;

/** Where a repository keeps its id. */
export function identityPath(commonDir: string): string {
  return join(commonDir, "calm", "project");
}

/** The id of a repository; undefined while it has none. */
export function readIdentity(commonDir: string): string | undefined {
  try {
    const text = readFileSync(identityPath(commonDir), "utf8").trim();
    return idPattern.test(text) ? text : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The id of a repository, kept in its common git directory; made on first use, by one of any number of processes. */
export function ensureIdentity(commonDir: string, fresh: string): string {
  try {
    return readIdentity(commonDir) ?? makeIdentity(commonDir, fresh);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure("file_failed", `The project's id cannot be kept in ${commonDir}: ${message}`, {
      hint: `Make the folder readable and writable: ls -ld ${shellQuote(join(commonDir, "calm"))}`,
      cause: error,
    });
  }
}

function makeIdentity(commonDir: string, fresh: string): string {
  mkdirSync(join(commonDir, "calm"), { recursive: true });
  const path = identityPath(commonDir);
  const aside = `${path}.${fresh}`;
  writeFileSync(aside, `${fresh}\n`);
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  const made = readIdentity(commonDir);
  if (made !== undefined) return made;
  throw new Failure("file_failed", `${path} does not hold a project's id`, {
    hint: `Remove it: rm ${shellQuote(path)}`,
  });
}
