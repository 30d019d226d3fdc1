import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { pid as ownPid } from "node:process";

/** A process that would notice if a folder went. */
export interface FolderUser {
  readonly pid: number;
  readonly name: string;
  /** Whether its directory is inside, or a file there is open, mapped into its memory or its program. */
  readonly use: "directory" | "file";
  readonly path: string;
}

/**
 * The processes of this machine whose directory is inside a folder, or that have a file there open; only where /proc
 * tells, and only those we may see. Files that this process has open do not count, nor do the gits that it started and what they did.
 */
export function findUsers(folder: string): FolderUser[] {
  const users: FolderUser[] = [];
  for (const entry of attempt(() => readdirSync("/proc")) ?? []) {
    if (!/^\d+$/.test(entry)) continue;
    const use = useOf(entry, folder);
    if (!use) continue;
    const name = attempt(() => readFileSync(`/proc/${entry}/comm`, "utf8")) ?? "?";
    users.push({ pid: Number(entry), name: name.trim(), ...use });
  }
  return users;
}

function useOf(process: string, folder: string): Pick<FolderUser, "use" | "path"> | undefined {
  const isInside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const directory = attempt(() => readlinkSync(`/proc/${process}/cwd`));
  // Neither the directory nor the files of somebody else's process can be seen.
  if (directory === undefined) return undefined;
  if (isInside(directory)) return isOurGit(process) ? undefined : { use: "directory", path: directory };
  if (process === String(ownPid)) return undefined;
  const path = filesOf(process, folder).find((file) => isInside(file) && !file.endsWith(" (deleted)"));
  return path === undefined || isOurGit(process) ? undefined : { use: "file", path };
}

/** True for a git that this process has started, and for what that has: filters, and gits in submodules. */
function isOurGit(process: string): boolean {
  const status = attempt(() => readFileSync(`/proc/${process}/status`, "latin1")) ?? "";
  const parent = /^PPid:\t([1-9]\d*)$/m.exec(status)?.[1];
  if (parent === undefined) return false;
  return parent === String(ownPid) ? /^Name:\tgit/m.test(status) : isOurGit(parent);
}

/** Files that a process has open; also those that it has mapped, if one of them lies in the folder. */
function filesOf(process: string, folder: string): string[] {
  const handles = attempt(() => readdirSync(`/proc/${process}/fd`)) ?? [];
  const open = handles.flatMap(
    (handle) => attempt(() => readlinkSync(`/proc/${process}/fd/${handle}`)) ?? [],
  );
  const bytes = attempt(() => readFileSync(`/proc/${process}/maps`));
  // Of hardly any process, and the text of a large one takes long to take apart.
  if (bytes?.includes(folder) !== true) return open;
  const maps = bytes.toString("utf8");
  // address, rights, offset, device, inode, then the path to the end of the line
  const mapped = [...maps.matchAll(/^(?:\S+ +){5}(\/.*)$/gm)].map(([, path = ""]) => path);
  return [...open, ...mapped];
}

/** Undefined for what ends, or turns out to be somebody else's, while we look. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
