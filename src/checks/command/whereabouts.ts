import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { hasCode } from "../../system/files.ts";

/** Where a command runs, among the working trees of its project; all without symbolic links. */
export interface Whereabouts {
  /** The root of the worktree or clean room. */
  readonly room: string;
  /** The main checkout and the worktrees. */
  readonly checkouts: readonly string[];
}

/** Whether a path is a folder or lies in it; both as they are spelled. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** The other working tree of the project that a path lies in, the innermost one; worktrees lie inside the main one. */
export function otherCheckout({ room, checkouts }: Whereabouts, path: string): string | undefined {
  if (isWithin(room, path)) return undefined;
  const around = checkouts.filter((checkout) => checkout !== room && isWithin(checkout, path));
  return around.sort((one, other) => other.length - one.length)[0];
}

/** The place that a path leads to; undefined when there is nothing, or nothing that can be seen. */
export function placeOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    const absent = ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];
    if (absent.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
