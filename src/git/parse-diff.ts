import { isUtf8 } from "node:buffer";
import { Failure } from "../failure.ts";
import type { ChangedFile } from "./git.ts";

/** Lines that a comparison adds to a file; numbers count from 1 in the new file. */
export interface AddedLines {
  readonly path: string;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

const statuses: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  T: "type_changed",
};

/** Reads `git diff-tree --raw -z --no-renames --no-abbrev`; a path that is no UTF-8 is refused, it could not be asked for again. */
export function parseRawDiff(output: Buffer): ChangedFile[] {
  if (!isUtf8(output)) {
    const message = "A changed file has a name that is not UTF-8";
    throw new Failure("git_failed", message, { hint: "Rename the file: git mv" });
  }
  const fields = output.toString("utf8").split("\0").slice(0, -1);
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = "", letter = ""] = (fields[at] ?? "")
      .slice(1)
      .split(" ");
    const status = statuses[letter];
    if (status === undefined) throw new Error(`Unknown status of a change: ${fields[at] ?? ""}`);
    files.push({ path: fields[at + 1] ?? "", status, oldMode, newMode, oldBlob, newBlob });
  }
  return files;
}

const pair = /^[0-9a-f]{40,64} [0-9a-f]{40,64}\n/;

/** Reads `git diff-tree --stdin --raw -z` of pairs of trees, each after a line with its two ids. */
export function parseRawDiffs(output: Buffer): ChangedFile[][] {
  const answers: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const header = pair.exec(output.toString("latin1", at, at + 130));
    if (!header) throw new Error("git diff-tree gave no pair of trees");
    const start = at + header[0].length;
    at = endOfEntries(output, start);
    answers.push(output.subarray(start, at));
  }
  return answers.map(parseRawDiff);
}

const [colon, zero] = [58, 0];

/** Where the entries that begin here end: each is its fields, a zero byte, the path and a zero byte. */
function endOfEntries(output: Buffer, start: number): number {
  let at = start;
  while (output[at] === colon) at = output.indexOf(zero, output.indexOf(zero, at) + 1) + 1;
  return at;
}

/** Reads the lines that a unified diff without context adds; a type change counts as a new file. */
export function parseAddedLines(patch: string): AddedLines[] {
  const files = new Map<string, { number: number; text: string }[]>();
  const lines = patch.split("\n");
  let added: { number: number; text: string }[] = [];
  let header = true;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith("diff --git ")) header = true;
    if (header && line.startsWith("+++ ")) {
      const path = pathOf(line.slice(4));
      added = files.get(path) ?? [];
      files.set(path, added);
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    header = false;
    // Counted, because the content of a line can look like any header.
    const [removes, first, adds] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    at = takeHunk(lines, at, { removes, first, adds }, added);
  }
  return [...files].filter(([, list]) => list.length > 0).map(([path, list]) => ({ path, lines: list }));
}

/** Gathers the lines that one hunk adds, and gives the place of its last line. */
export function takeHunk(
  lines: readonly string[],
  start: number,
  hunk: { removes: number; first: number; adds: number },
  added: { number: number; text: string }[],
): number {
  let at = start;
  let left = hunk.removes + hunk.adds;
  let number = hunk.first;
  while (left > 0 && at + 1 < lines.length) {
    at += 1;
    const line = lines[at] ?? "";
    if (line.startsWith("\\")) continue; // "\ No newline at end of file"
    left -= 1;
    if (line.startsWith("+")) {
      added.push({ number, text: line.slice(1) });
      number += 1;
    }
  }
  return at;
}

/** The path of a `---` or `+++` line. */
export function pathOf(name: string): string {
  // A name with a blank has a tab at its end, and one with control characters or quotes is quoted as in C.
  const plain = name.replace(/\t$/, "");
  const quoted = /^"(.*)"$/s.exec(plain)?.[1];
  const path = quoted === undefined ? plain : unquote(quoted);
  return path.replace(/^[ab]\//, "");
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
};

function unquote(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/gs, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (escapes[escape] ?? escape),
  );
}
