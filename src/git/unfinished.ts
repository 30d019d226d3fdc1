import { join } from "node:path";
import { lookAt, pathExists } from "../system/files.ts";
import { readEntries, readText } from "./local-files.ts";
import { isObjectId } from "./ref-name.ts";

const marks = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "BISECT_LOG",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
];

/** What tells that a merge, rebase or the like is under way in the working tree of a git directory. */
export function findUnfinished(gitDir: string): string | undefined {
  return marks.find((name) => pathExists(join(gitDir, name)));
}

/** The same, told from the names of files that were kept from such a directory. */
export function findUnfinishedAmong(names: readonly string[]): string | undefined {
  return marks.find((mark) => names.some((name) => name === mark || name.startsWith(`${mark}/`)));
}

/** Files and folders of one working tree's git directory that say more than HEAD and the index do. */
const stateFiles = [
  ...["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "MERGE_RR", "MERGE_AUTOSTASH", "SQUASH_MSG"],
  ...["CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "ORIG_HEAD"],
  ...["BISECT_LOG", "BISECT_START", "BISECT_NAMES", "BISECT_TERMS", "BISECT_EXPECTED_REV"],
  ...["BISECT_ANCESTORS_OK", "BISECT_FIRST_PARENT", "config.worktree", "info/sparse-checkout"],
  ...["rebase-merge", "rebase-apply", "sequencer", "refs/bisect", "refs/rewritten", "refs/worktree"],
];

/** The files of a git directory that describe what is under way there, and how much of the tree is checked out. */
export function listStateFiles(gitDir: string): string[] {
  const listBelow = (name: string): string[] => {
    const stats = lookAt(join(gitDir, name));
    if (stats?.isDirectory() !== true) return stats?.isFile() === true ? [name] : [];
    return readEntries(join(gitDir, name)).flatMap((entry) => listBelow(`${name}/${entry.name}`));
  };
  return stateFiles.flatMap(listBelow);
}

/** Lists of what a rebase has done and will do: their commits are ancestors of those that the other files name. */
const lists = /(^|\/)(git-rebase-todo|done)(\.backup)?$/;

/** Ids that such files name: commits that perhaps nothing else reaches, an autostash among them. */
export function idsInStateFiles(gitDir: string, files: readonly string[]): string[] {
  const texts = files.filter((name) => !lists.test(name)).map((name) => readText(join(gitDir, name)) ?? "");
  return [...new Set(texts.flatMap((text) => text.split(/[^0-9a-z]+/).filter(isObjectId)))];
}
