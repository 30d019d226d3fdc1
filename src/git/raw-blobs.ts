import { Failure } from "../failure.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import {
  byteInput,
  type BytePath,
  byteText,
  lookAtBytePath,
  quoteForGit,
  readLinkBytes,
} from "./byte-paths.ts";
import type { Repository } from "./repository.ts";
import { shellQuote } from "../model/shell-quote.ts";

/** Objects that must outlive what they were made from. */
export const durableObjects: readonly string[] = ["core.fsync=objects", "core.fsyncMethod=batch"];

/** An entry of an index or a tree, its path byte for byte. */
export interface RawEntry {
  readonly mode: string;
  readonly id: string;
  readonly path: BytePath;
}

/** What lies at paths of a working tree, kept as it lies there. */
interface RawFiles {
  readonly entries: readonly RawEntry[];
  /** Paths where no file or link lies any more. */
  readonly gone: readonly BytePath[];
}

/**
 * Writes the files and links at paths of a working tree as blobs, byte for byte: no filter and no line ending of
 * `.gitattributes` comes in between. Failure dirty_worktree for a repository inside.
 */
export async function keepRawFiles(
  repository: Repository,
  worktree: string,
  paths: readonly BytePath[],
): Promise<RawFiles> {
  const files: { path: BytePath; mode: string }[] = [];
  const links: BytePath[] = [];
  const gone: BytePath[] = [];
  for (const path of paths) {
    const stats = lookAtBytePath(worktree, path);
    if (lookAtBytePath(worktree, `${path}/.git`)) throw repositoryInside(worktree, path);
    if (stats?.isFile() === true)
      files.push({ path, mode: (stats.mode & 0o100) === 0 ? "100644" : "100755" });
    else if (stats?.isSymbolicLink() === true) links.push(path);
    else gone.push(path);
  }
  const ids = await keepBlobs(
    repository,
    files.map(({ path }) => `${byteText(Buffer.from(worktree))}/${path}`),
  );
  const targets = links.map((path, index) => ({
    path: String(index),
    content: readLinkBytes(worktree, path),
  }));
  const targetIds = await inTemporaryFolder(targets, (folder) =>
    keepBlobs(
      repository,
      targets.map(({ path }) => byteText(Buffer.from(`${folder}/${path}`))),
    ),
  );
  const entries = [
    ...files.map(({ path, mode }, index) => ({ path, mode, id: ids[index] ?? "" })),
    ...links.map((path, index) => ({ path, mode: "120000", id: targetIds[index] ?? "" })),
  ];
  return { entries, gone };
}

/** Writes files (absolute byte paths) as blobs, byte for byte; gives their ids. */
export async function keepBlobs(repository: Repository, paths: readonly BytePath[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const input = byteInput(paths.map((path) => `${quoteForGit(path)}\n`).join(""));
  const args = ["hash-object", "-w", "-t", "blob", "--no-filters", "--stdin-paths"] as const;
  const answer = await repository.run(args, { input, config: durableObjects });
  return answer.stdout.toString("utf8").trimEnd().split("\n");
}

/** What `git update-index -z --index-info` reads. */
export function indexInfo(entries: readonly RawEntry[]): Buffer {
  return byteInput(entries.map(({ mode, id, path }) => `${mode} ${id} 0\t${path}\0`).join(""));
}

function repositoryInside(worktree: string, path: BytePath): Failure {
  const name = byteInput(path).toString("utf8");
  return new Failure(
    "dirty_worktree",
    `${worktree}/${name} is a git repository of its own and cannot be kept`,
    {
      hint: `Move it out: mv ${shellQuote(`${worktree}/${name}`)} <elsewhere>`,
      details: { repositories: [name] },
    },
  );
}
