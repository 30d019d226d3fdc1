import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSetting } from "./config-text.ts";
import { readText } from "./local-files.ts";

const assumeUnchanged = 0x8000;
const extended = 0x4000;
const skipWorktree = 0x4000;
const longestName = 0xfff;

/**
 * True when an index file flags no entry at all, as assume-unchanged or skip-worktree: what git would list with a
 * process of its own. False where an entry is flagged, and where only git can read the file: then git is to be asked.
 * The format: https://git-scm.com/docs/index-format
 */
export function flagsNothing(indexFile: string, commonDir: string): boolean {
  const config = readText(join(commonDir, "config")) ?? "";
  if ((readSetting(config, "extensions", "objectformat") ?? "sha1").toLowerCase() !== "sha1") return false;
  const index = readIndex(indexFile);
  if (index === undefined) return false;
  const version = index.readUInt32BE(4);
  if (index.toString("latin1", 0, 4) !== "DIRC" || (version !== 2 && version !== 3)) return false;
  const end = plainEntriesEnd(index, index.readUInt32BE(8));
  return end !== undefined && !isSplit(index, end);
}

/** Numbers of the file system, sizes and the id of an entry's blob stand before its flags. */
const beforeFlags = 60;
const checksum = 20;
const shortest = 12 + checksum;

function readIndex(path: string): Buffer | undefined {
  try {
    const index = readFileSync(path);
    return index.length < shortest ? undefined : index;
  } catch {
    return undefined; // git says why it cannot be read, or that there is none
  }
}

/** Where the entries end; undefined when one is flagged, or the file is not what its format says. */
function plainEntriesEnd(index: Buffer, count: number): number | undefined {
  let at = 12;
  for (let entry = 0; entry < count; entry++) {
    if (at + beforeFlags + 2 > index.length) return undefined;
    const flags = index.readUInt16BE(at + beforeFlags);
    if ((flags & assumeUnchanged) !== 0) return undefined;
    let name = at + beforeFlags + 2;
    if ((flags & extended) !== 0) {
      if ((index.readUInt16BE(name) & skipWorktree) !== 0) return undefined;
      name += 2;
    }
    const length = flags & longestName;
    const stop = length < longestName ? name + length : index.indexOf(0, name);
    if (stop < name || index[stop] !== 0) return undefined;
    // One to eight zero bytes make the size of an entry a multiple of eight.
    at += ((stop - at) & ~7) + 8;
  }
  return at;
}

/** Whether an extension leads to another file that has entries as well, or cannot be told apart. */
function isSplit(index: Buffer, from: number): boolean {
  const last = index.length - checksum;
  let at = from;
  while (at + 8 <= last) {
    if (index.toString("latin1", at, at + 4) === "link") return true;
    at += 8 + index.readUInt32BE(at + 4);
  }
  return at !== last;
}
