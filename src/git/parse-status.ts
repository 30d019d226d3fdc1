import { noAnswer } from "./failures.ts";
import type { DirtyFile } from "./git.ts";

/** The two letters and the path of one line of `git status --porcelain=v1 -z`. */
interface StatusLine {
  readonly index: string;
  readonly worktree: string;
  readonly path: string;
}

/** Reads `git status --porcelain=v1 -z --branch`; ignored files are states of their own and not listed here. */
export function parseStatus(text: string): DirtyFile[] {
  return statusLines(text)
    .filter(({ index }) => index !== "!")
    .map((line) => ({ path: line.path, state: stateOf(line) }));
}

/** The paths that a status names, ignored ones included. */
export function parseStatusPaths(text: string): string[] {
  return statusLines(text).map(({ path }) => path);
}

/** Failure git_failed without the line about the branch: what was lost on its way is no clean working tree. */
function statusLines(text: string): StatusLine[] {
  // Of a branch that git cannot read, its file being damaged, the line has neither a name nor an end.
  const [start] = /^## (?=[ A-Z?!]{2} |$)/.exec(text) ?? /^## [^\0]+\0/.exec(text) ?? [];
  const rest = start === undefined ? "lost" : text.slice(start.length);
  if (rest !== "" && !rest.endsWith("\0")) throw noAnswer("status");
  const fields = rest.split("\0").slice(0, -1);
  const lines: StatusLine[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? "";
    const [index = "", worktree = ""] = field;
    lines.push({ index, worktree, path: field.slice(3) });
    // A rename names its source in a field of its own; that path is dirty too.
    if (/[RC]/.test(index + worktree)) {
      at += 1;
      lines.push({ index: "D", worktree: " ", path: fields[at] ?? "" });
    }
  }
  return lines;
}

function stateOf({ index, worktree }: StatusLine): DirtyFile["state"] {
  const both = index + worktree;
  if (both === "??") return "untracked";
  if (both === "AA" || both === "DD" || both.includes("U")) return "unmerged";
  if (worktree === " ") return "staged";
  return index === " " ? "unstaged" : "both";
}

/** Reads `git ls-files -v -z` and gives the files that git was told not to look at. */
export function parseHiddenFiles(text: string): string[] {
  // Small letters mean assume-unchanged, S means skip-worktree.
  return text
    .split("\0")
    .filter((entry) => /^[a-zS] /.test(entry))
    .map((entry) => entry.slice(2));
}

/** The files that the working tree has otherwise than the index, or on top of it; missing ones are left out. */
export function parseChangedOnDisk(text: string): string[] {
  return statusLines(text)
    .filter(({ worktree }) => worktree !== " " && worktree !== "D")
    .map(({ path }) => path);
}

/** The files that the working tree has otherwise than the index, in addition to it, or no longer; conflicts too. */
export function parseUnstagedPaths(text: string): string[] {
  return statusLines(text)
    .filter(({ index, worktree }) => index !== "!" && worktree !== " ")
    .map(({ path }) => path.replace(/\/$/, ""));
}
