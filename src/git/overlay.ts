import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { removeTree } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import type { Git, TreePath } from "./git.ts";
import { parseTree } from "./parse-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { eachGroup } from "./path-groups.ts";

const absent = /^0+$/;

/** Single paths: laid over a tree, compared with the disk, put back. */
export function overlays(repository: Repository): Pick<Git, "overlayTree" | "blobsOnDisk" | "restorePaths"> {
  return {
    overlayTree: (base, other, paths) =>
      inTemporaryFolder([], async (folder) => {
        const env = { GIT_INDEX_FILE: join(folder, "index") };
        const entries = await eachGroup(paths, async (group) => {
          const args = ["ls-tree", "-z", "--full-tree", revision(other), "--", ...group] as const;
          return parseTree((await repository.run(args)).stdout.toString("utf8"));
        });
        await repository.run(["read-tree", revision(base)], { env });
        const input = entries.map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`).join("");
        await repository.run(["update-index", "--add", "-z", "--index-info"], { env, input });
        return (await repository.run(["write-tree"], { env })).stdout.toString("utf8").trim();
      }),
    blobsOnDisk: (worktree, paths) => blobsOnDisk(repository, worktree, paths),
    restorePaths: (worktree, indexFile, entries) => restorePaths(repository, worktree, indexFile, entries),
  };
}

async function blobsOnDisk(
  repository: Repository,
  worktree: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const blobs = new Map<string, string>();
  const files: string[] = [];
  const hash = async (args: readonly string[], input?: string | Buffer): Promise<string[]> => {
    const call = input === undefined ? {} : { input };
    const answer = await repository.runIn(worktree, ["hash-object", "-t", "blob", ...args], call);
    return answer.stdout.toString("utf8").trimEnd().split("\n");
  };
  for (const path of paths) {
    const stat = lstatSync(join(worktree, path), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() === true) {
      const [blob] = await hash(["--no-filters", "--stdin"], readlinkSync(join(worktree, path), "buffer"));
      blobs.set(path, blob ?? "");
    } else if (stat?.isFile() === true) files.push(path);
  }
  // With the filters of each path, as `git add` would apply them; a line break in a name would end it in a list.
  const odd = files.filter((path) => path.includes("\n"));
  const plain = files.filter((path) => !path.includes("\n"));
  const listed = plain.length === 0 ? [] : await hash(["--stdin-paths"], `${plain.join("\n")}\n`);
  for (const [index, path] of plain.entries()) blobs.set(path, listed[index] ?? "");
  for (const path of odd) blobs.set(path, (await hash(["--", path]))[0] ?? "");
  return blobs;
}

async function restorePaths(
  repository: Repository,
  worktree: string,
  indexFile: string,
  entries: readonly TreePath[],
): Promise<void> {
  if (entries.length === 0) return;
  const env = { GIT_INDEX_FILE: indexFile };
  const input = entries.map(({ mode, blob, path }) => `${mode} ${blob}\t${path}\0`).join("");
  await repository.runIn(worktree, ["update-index", "-z", "--index-info"], { env, input });
  for (const { mode, path } of entries) if (absent.test(mode)) await removeTree(join(worktree, path));
  const present = entries.filter(({ mode }) => !absent.test(mode)).map(({ path }) => `${path}\0`);
  if (present.length === 0) return;
  const args = ["checkout-index", "--force", "-u", "-z", "--stdin"] as const;
  await repository.runIn(worktree, args, { env, input: present.join("") });
}
