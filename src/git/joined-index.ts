import {
  beforeFlags,
  entryFlags,
  fileKinds,
  kindOfEntry,
  longestName,
  readExtensions,
  treeOfIndex,
  walkEntries,
} from "./index-entries.ts";

/** The index of a working tree, to stand below a folder of its name. */
export interface IndexPart {
  readonly name: string;
  readonly index: Buffer;
  /** When the file was written, in milliseconds. */
  readonly written: number;
}

const sizeAt = 36;

/**
 * The tree that an index stands for; undefined where it has more than plain files and links that nothing is staged of:
 * flags, conflicts, submodules, entries in another file.
 */
export function plainTree(index: Buffer): string | undefined {
  const end = walkEntries(index, (at, flags) => {
    const kind = kindOfEntry(index, at);
    const unusual = entryFlags.assumeUnchanged | entryFlags.extended | entryFlags.stage;
    return (flags & unusual) === 0 && (kind === fileKinds.regular || kind === fileKinds.link);
  });
  const extensions =
    end === undefined || index.readUInt32BE(8) === 0 ? undefined : readExtensions(index, end);
  return extensions && treeOfIndex(extensions);
}

/** One index for several working trees beside each other, as if they were folders of one; each must have a plain tree. */
export function joinIndexes(parts: readonly IndexPart[]): Buffer {
  const places = parts.map(({ name, ...part }) => ({ ...part, folder: Buffer.from(`${name}/`) }));
  places.sort((one, other) => Buffer.compare(one.folder, other.folder));
  const counts = parts.map(({ index }) => index.readUInt32BE(8));
  // An entry grows by the name of the folder and, at most, eight bytes that fill it up.
  const room = places.map(({ folder, index }) => index.length + index.readUInt32BE(8) * (folder.length + 8));
  const joined = Buffer.alloc(12 + 20 + room.reduce((sum, bytes) => sum + bytes, 0));
  joined.write("DIRC", "latin1");
  joined.writeUInt32BE(2, 4);
  joined.writeUInt32BE(
    counts.reduce((sum, count) => sum + count, 0),
    8,
  );
  let to = 12;
  for (const { folder, index, written } of places) {
    walkEntries(index, (at, flags, _, name, end) => {
      to = copyEntry({ index, at, name, end, flags }, joined, to, folder, written);
      return true;
    });
  }
  // git does not hold the sum at the end against the content.
  return joined.subarray(0, to + 20);
}

interface Entry {
  readonly index: Buffer;
  readonly at: number;
  readonly name: number;
  readonly end: number;
  readonly flags: number;
}

/** Writes an entry below a folder, and gives the place behind it. */
function copyEntry(entry: Entry, joined: Buffer, to: number, folder: Buffer, written: number): number {
  const { index, at, name, end } = entry;
  index.copy(joined, to, at, at + beforeFlags);
  // What may have been written after the index is to be read: git compares times by the second, as often as not, and
  // takes this index for newer than all. No size says so to it.
  if (index.readUInt32BE(at + 8) >= Math.floor(written / 1000)) joined.writeUInt32BE(0, to + sizeAt);
  joined.writeUInt16BE(Math.min(folder.length + end - name, longestName), to + beforeFlags);
  const start = to + beforeFlags + 2;
  folder.copy(joined, start);
  index.copy(joined, start + folder.length, name, end);
  const stop = start + folder.length + end - name;
  return to + ((stop - to) & ~7) + 8;
}
