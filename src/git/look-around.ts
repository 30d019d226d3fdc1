import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { lookAt } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { isYes, readSetting } from "./config-text.ts";
import type { DirtyFile } from "./git.ts";
import { hasShortIds, readIndex } from "./index-entries.ts";
import { type IndexPart, joinIndexes, plainTree } from "./joined-index.ts";
import { readText, realPath } from "./local-files.ts";
import { findTree } from "./object-tree.ts";
import { readHead } from "./ref-files.ts";
import type { Repository } from "./repository.ts";
import { keepsItsRulesBelow, rulesBelowRoot } from "./root-rules.ts";
import { findWorktreeGitDir } from "./worktree-git-dir.ts";

/** A working tree in which nothing is staged. */
interface Seen extends IndexPart {
  /** The folder it lies in. */
  readonly above: string;
}

/**
 * What `git status` would tell of many working trees, by one git for all that lie beside each other: their folder is
 * shown to it as one working tree, with their indexes joined. undefined where each is to be asked for by itself:
 * something is staged, or the index is unusual, or larger than the bytes that there is `room` for.
 */
export async function lookAround(
  repository: Repository,
  worktrees: readonly string[],
  room = indexRoom,
): Promise<(DirtyFile[] | undefined)[]> {
  if (worktrees.length === 0 || !isUsual(repository.commonDir)) return worktrees.map(() => undefined);
  // git answers while the first indexes are read.
  const asked = rulesBelowRoot(repository);
  const answers: (DirtyFile[] | undefined)[] = [];
  const open = worktrees.map((path) => placeOf(repository, path, room));
  while (open.length > 0) answers.push(...(await lookAtSome(repository, takeSome(open, room), asked)));
  return answers;
}

/** Bytes of index files that are held at a time: people may have any number of worktrees, and memory has an end. */
const indexRoom = 32 << 20;

/** Where a working tree and its index are. */
interface Place {
  readonly path: string;
  /** undefined where it is to be asked for by itself: no working tree of the repository, or a huge one. */
  readonly gitDir: string | undefined;
  readonly indexBytes: number;
}

function placeOf(repository: Repository, path: string, room: number): Place {
  const gitDir = findWorktreeGitDir(repository, path);
  const indexBytes = gitDir === undefined ? 0 : (lookAt(join(gitDir, "index"))?.size ?? 0);
  return indexBytes <= room ? { path, gitDir, indexBytes } : { path, gitDir: undefined, indexBytes: 0 };
}

/** Takes the first places away whose indexes have room together. */
function takeSome(open: Place[], room: number): Place[] {
  let bytes = 0;
  const end = open.findIndex(({ indexBytes }) => (bytes += indexBytes) > room);
  return open.splice(0, end === -1 ? open.length : end);
}

async function lookAtSome(
  repository: Repository,
  places: readonly Place[],
  asked: Promise<Buffer | undefined>,
): Promise<(DirtyFile[] | undefined)[]> {
  const [rules, ...seen] = await Promise.all([asked, ...places.map((place) => see(repository, place))]);
  if (rules === undefined) return places.map(() => undefined);
  const found = new Map<Seen, DirtyFile[]>();
  const folders = new Set(seen.flatMap((one) => one?.above ?? []));
  await Promise.all(
    [...folders].map(async (above) => {
      const beside = seen.flatMap((one) => (one?.above === above ? one : []));
      for (const [one, files] of await listDirty(repository, above, beside, rules)) found.set(one, files);
    }),
  );
  return seen.map((one) => one && found.get(one));
}

/** Whether an index can be joined with others, and all working trees share one configuration. */
function isUsual(commonDir: string): boolean {
  const config = readText(join(commonDir, "config")) ?? "";
  return hasShortIds(commonDir) && !isYes(readSetting(config, "extensions", "worktreeconfig"));
}

async function see(repository: Repository, { path, gitDir }: Place): Promise<Seen | undefined> {
  const head = gitDir === undefined ? "ask" : readHead(gitDir, repository.commonDir);
  const place = realPath(path);
  if (gitDir === undefined || head === "ask" || head.commit === undefined || place === undefined)
    return undefined;
  const indexFile = join(gitDir, "index");
  // In this order: an index that is written meanwhile is newer than it seems, and more of its files are read.
  const written = statSync(indexFile, { throwIfNoEntry: false })?.mtimeMs;
  const index = readIndex(indexFile);
  if (written === undefined || !index || !keepsItsRulesBelow(place, index)) return undefined;
  if ((await findTree(repository, head.commit)) !== plainTree(index)) return undefined;
  return { name: basename(place), above: dirname(place), index, written };
}

const list = [
  "ls-files",
  "-z",
  "-t",
  "--modified",
  "--others",
  "--exclude-per-directory=.gitignore",
] as const;

async function listDirty(
  repository: Repository,
  above: string,
  seen: readonly Seen[],
  rules: Buffer,
): Promise<Map<Seen, DirtyFile[]>> {
  const files = [
    { path: "index", content: joinIndexes(seen) },
    { path: "rules", content: rules },
  ];
  const text = await inTemporaryFolder(files, async (folder) => {
    const env = { GIT_WORK_TREE: above, GIT_INDEX_FILE: join(folder, "index") };
    const args = [
      ...list,
      `--exclude-from=${join(folder, "rules")}`,
      "--",
      ...seen.map(({ name }) => name),
    ] as const;
    return (await repository.run(args, { cwd: above, env })).stdout.toString("utf8");
  });
  const found = new Map(seen.map((one) => [one.name, { one, files: new Map<string, DirtyFile>() }]));
  for (const line of text.split("\0").slice(0, -1)) {
    const name = line.slice(2, line.indexOf("/"));
    const path = line.slice(2 + name.length + 1);
    found.get(name)?.files.set(path, { path, state: line.startsWith("?") ? "untracked" : "unstaged" });
  }
  return new Map(
    [...found.values()].flatMap(({ one, files }) => {
      const dirty = [...files.values()];
      const searched = dirty.length * one.index.length;
      return searched > mostSearched || dirty.some(isOdd(one)) ? [] : [[one, dirty] as const];
    }),
  );
}

/** Bytes that are searched for what git lists otherwise: more of it, 0.1 s, costs more than git. */
const mostSearched = 1 << 30;

/** What git lists otherwise by itself: a link or file where tracked files had a folder, and names that are no UTF-8. */
function isOdd({ index }: Seen): (file: DirtyFile) => boolean {
  return ({ path, state }) =>
    path.includes("\ufffd") || path === "" || (state === "untracked" && index.includes(`${path}/`));
}
