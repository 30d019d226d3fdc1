import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { noAnswer } from "./failures.ts";
import type { ListedWorktree } from "./git.ts";
import { readEntries, readText } from "./local-files.ts";
import { isBare } from "./location.ts";
import { parseWorktrees } from "./parse-worktrees.ts";
import { readHead, readLink } from "./ref-files.ts";
import { ownIndex, type Repository } from "./repository.ts";

/** All working trees, the main one first; read from git's files, and asked of git where something is unusual. */
export async function listWorktrees(repository: Repository): Promise<ListedWorktree[]> {
  const read = readWorktrees(repository);
  if (read !== "ask") return read;
  const answer = await repository.run(["worktree", "list", "--porcelain", "-z"], { env: ownIndex });
  const [main, ...linked] = parseWorktrees(answer.stdout.toString("utf8"));
  // Each repository has one.
  if (!main) throw noAnswer("worktree list");
  // git shows the git directory itself for a submodule and for --separate-git-dir.
  const path = main.bare ? repository.commonDir : (repository.root ?? main.path);
  return [{ ...main, path }, ...linked];
}

function readWorktrees({ commonDir, root }: Repository): ListedWorktree[] | "ask" {
  const bare = isBare(commonDir);
  const place = bare ? commonDir : root;
  const main = place === undefined ? "ask" : describe(commonDir, commonDir, place);
  if (main === "ask") return "ask";
  const linked: ListedWorktree[] = [];
  for (const { name } of readEntries(join(commonDir, "worktrees"))) {
    const found = readLinked(commonDir, join(commonDir, "worktrees", name));
    if (found === "ask") return "ask";
    linked.push(found);
  }
  linked.sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
  const nothing = { head: undefined, branch: undefined, detached: false };
  return [{ ...main, ...(bare ? nothing : {}), bare }, ...linked];
}

/** A linked worktree whose folder is there; what git would prune, and how, only git knows. */
function readLinked(commonDir: string, entry: string): ListedWorktree | "ask" {
  const file = readText(join(entry, "gitdir"))?.replace(/[\r\n]+$/, "") ?? "";
  const path = file.slice(0, -"/.git".length);
  if (!file.endsWith("/.git") || resolve(path) !== path || !existsSync(file)) return "ask";
  const reason = readText(join(entry, "locked"))?.trim();
  const found = describe(entry, commonDir, path);
  return found === "ask" ? "ask" : { ...found, locked: reason };
}

function describe(gitDir: string, commonDir: string, path: string): ListedWorktree | "ask" {
  const head = readHead(gitDir, commonDir);
  if (head === "ask") return "ask";
  const { branch, commit } = head;
  // git tells the branch at the end of a link, and takes an id of zeros for none.
  const isLink = branch !== undefined && readLink(commonDir, branch) !== undefined;
  if (isLink || (commit !== undefined && /^0+$/.test(commit))) return "ask";
  const unused = { bare: false, locked: undefined, prunable: undefined };
  return { path, head: commit, branch, detached: branch === undefined, ...unused };
}
