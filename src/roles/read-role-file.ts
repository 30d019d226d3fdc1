import { Failure } from "../failure.ts";
import { lookAt } from "../system/files.ts";
import { readPlainFile } from "../system/plain-file.ts";
import { shellQuote } from "../model/shell-quote.ts";

/** Far more than any agent should have to read. */
const longestRole = 64 * 1024;

const problems = {
  symbolic_link: "is a symbolic link; calm reads roles only from plain files",
  no_plain_file: "is no plain file",
  too_large: `is larger than ${longestRole / 1024} KiB`,
} as const;

/** The text of a role's file; a Failure role_unreadable for whatever is no plain, short file of UTF-8. */
export async function readRoleFile(path: string, folders: readonly string[]): Promise<string> {
  const link = folders.find((folder) => lookAt(folder)?.isSymbolicLink());
  if (link !== undefined) throw unreadableRole(link, problems.symbolic_link);
  const read = await readPlainFile(path, longestRole);
  if ("bytes" in read) return decode(path, read.bytes);
  if (read.problem !== "unreadable") throw unreadableRole(path, problems[read.problem]);
  throw unreadableRole(path, `cannot be read: ${read.error.message}`, read.error);
}

/** The Failure of a file or folder of roles that cannot be used. */
export function unreadableRole(path: string, problem: string, cause?: Error): Failure {
  return new Failure("role_unreadable", `${path} ${problem}`, {
    hint: `Look at it: ls -ld ${shellQuote(path)}; without it calm takes the next place that has the role`,
    details: { path },
    cause,
  });
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadableRole(path, "is not UTF-8");
  }
}
