import { readFileSync } from "node:fs";
import { join } from "node:path";
import { objectFormat } from "./config-text.ts";
import { readText } from "./local-files.ts";

/** Bits of an entry's flags; the second word is there where the first one says "extended". */
export const entryFlags = {
  assumeUnchanged: 0x8000,
  extended: 0x4000,
  stage: 0x3000,
  later: 0x6000,
} as const;
/** A name that is longer tells its length by its end alone. */
export const longestName = 0xfff;

/** What kind of file an entry stands for, as `kindOfEntry` gives it. */
export const fileKinds = { regular: 0o100000, link: 0o120000, submodule: 0o160000 } as const;

const modeAt = 24;
const kindBits = 0o170000;

/** The kind of file of the entry that begins at a place. */
export function kindOfEntry(index: Buffer, at: number): number {
  return index.readUInt32BE(at + modeAt) & kindBits;
}

/** Numbers of the file system, sizes and the id of an entry's blob stand before its flags. */
export const beforeFlags = 60;
const idBytes = 20;
const shortest = 12 + idBytes;

/** Whether index files hold ids of the length that is read here. */
export function hasShortIds(commonDir: string): boolean {
  const config = readText(join(commonDir, "config")) ?? "";
  return objectFormat(config) === "sha1";
}

/** An index file that is made of plain entries; undefined where only git can read it, or there is none. */
export function readIndex(path: string): Buffer | undefined {
  let index: Buffer;
  try {
    index = readFileSync(path);
  } catch {
    return undefined; // git says why it cannot be read, or that there is none
  }
  if (index.length < shortest || index.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = index.readUInt32BE(4);
  return version === 2 || version === 3 ? index : undefined;
}

/** Sees one entry: where it begins, its two words of flags, and where its name begins and ends. False stops the walk. */
type Visitor = (at: number, flags: number, more: number, name: number, end: number) => boolean;

/**
 * Walks through all entries and gives the place behind them; undefined when the visitor stopped, or the file is not what
 * its format says: https://git-scm.com/docs/index-format
 */
export function walkEntries(index: Buffer, visit: Visitor): number | undefined {
  const count = index.readUInt32BE(8);
  let at = 12;
  for (let entry = 0; entry < count; entry++) {
    if (at + beforeFlags + 4 > index.length) return undefined;
    const flags = index.readUInt16BE(at + beforeFlags);
    const isExtended = (flags & entryFlags.extended) !== 0;
    const more = isExtended ? index.readUInt16BE(at + beforeFlags + 2) : 0;
    const name = at + beforeFlags + (isExtended ? 4 : 2);
    const length = flags & longestName;
    const end = length < longestName ? name + length : index.indexOf(0, name);
    if (end < name || index[end] !== 0) return undefined;
    if (!visit(at, flags, more, name, end)) return undefined;
    // One to eight zero bytes make the size of an entry a multiple of eight.
    at += ((end - at) & ~7) + 8;
  }
  return at;
}

/**
 * The extensions behind the entries, by their names; undefined where they cannot be told apart, and where one begins with
 * a small letter: it changes what the entries mean, as a link to another file that has entries as well.
 */
export function readExtensions(index: Buffer, from: number): ReadonlyMap<string, Buffer> | undefined {
  const last = index.length - idBytes;
  const found = new Map<string, Buffer>();
  let at = from;
  while (at + 8 <= last) {
    const end = at + 8 + index.readUInt32BE(at + 4);
    found.set(index.toString("latin1", at, at + 4), index.subarray(at + 8, end));
    at = end;
  }
  const changesEntries = [...found.keys()].some((name) => /^[a-z]/.test(name));
  return at === last && !changesEntries ? found : undefined;
}

/** The tree that an index would be written as, where git has noted it there: nothing was staged since. */
export function treeOfIndex(extensions: ReadonlyMap<string, Buffer>): string | undefined {
  const noted = extensions.get("TREE");
  if (!noted) return undefined;
  // An empty path, the number of entries (-1 = no longer valid) and of folders, and the id.
  const line = noted.indexOf("\n");
  const isValid = /^\0\d+ \d+$/.test(noted.toString("latin1", 0, line));
  return isValid ? noted.toString("hex", line + 1, line + 1 + idBytes) : undefined;
}
