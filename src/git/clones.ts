import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { copyFileIfThere, pathExists, removeTree, replaceFile, writeNewFile } from "../system/files.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import type { Variables } from "./environment.ts";
import { isObjectId } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Below `.git` of a clone: what calm keeps from one use to the next, out of the way of whatever runs there. */
const ownFolder = "calm";

/** The part of the gateway that makes repositories elsewhere. */
export interface Clones {
  /** Makes a folder an empty repository of its own: git in it never finds the one around. */
  initEmpty(path: string): Promise<void>;
  /** Makes an independent repository at a path that borrows this one's objects; nothing is checked out. */
  cloneShared(path: string): Promise<void>;
  /**
   * Checks a commit (an id) out in such a clone, detached, and removes every other file except what the gitignore
   * patterns name (`/node_modules/`). The clone's configuration, hooks, refs and objects are made anew as well.
   */
  resetClone(path: string, commit: string, keep: readonly string[]): Promise<void>;
}

/** Clean rooms: independent repositories that borrow this one's objects. */
export function clones(repository: Repository): Clones {
  return {
    initEmpty: (path) => initialise(repository, path, []),
    cloneShared: (path) => prepare(repository, path),
    resetClone: async (path, commit, keep) => {
      if (!isObjectId(commit)) throw new Error(`Not an object id: ${JSON.stringify(commit)}`);
      if (!isPrepared(path)) await prepare(repository, path);
      await renewGitDir(repository, path, commit);
      const gitDir = join(path, ".git");
      const index = join(gitDir, ownFolder, "index");
      // A killed run may have left its lock; the room is leased to us alone.
      await removeTree(`${index}.lock`);
      const env: Variables = {
        GIT_DIR: gitDir,
        GIT_COMMON_DIR: undefined,
        GIT_WORK_TREE: path,
        GIT_INDEX_FILE: index,
        // The room has no remote to fetch large files from, and must not need one: pointers stay what they are.
        GIT_LFS_SKIP_SMUDGE: "1",
      };
      const call = { cwd: path, env };
      // Cleaned by what was checked out last, then switched: so a folder that became a link is written anew.
      const kept = keep.flatMap((pattern) => ["-e", pattern]);
      await repository.run(["clean", "-ffdxq", ...kept], call);
      // Unlike read-tree it looks at the files in parallel: two thirds of the time.
      await repository.run(["checkout", "--quiet", "--force", "--detach", commit], call);
      await copyFileIfThere(index, join(gitDir, "index"));
    },
  };
}

function isPrepared(path: string): boolean {
  const folders = [join(path, ".git"), join(path, ".git", ownFolder)];
  // A symbolic link could lead to a real repository, which `renew` would empty.
  const plain = folders.every(
    (folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
  );
  return plain && pathExists(join(path, ".git", ownFolder, "config"));
}

async function prepare(repository: Repository, path: string): Promise<void> {
  await removeTree(join(path, ".git"));
  makePrivateFolder(path);
  await initialiseAlike(repository, path);
  const gitDir = join(path, ".git");
  makePrivateFolder(join(gitDir, ownFolder));
  // The configuration that git made for this file system; what runs in the room may change the other one.
  await replaceFile(join(gitDir, "config"), join(gitDir, ownFolder, "config"));
}

/** Makes a folder an empty repository whose ids are of the same kind as this one's. */
export async function initialiseAlike(repository: Repository, path: string): Promise<void> {
  const format = await repository.run(["rev-parse", "--show-object-format"]);
  await initialise(repository, path, [`--object-format=${format.stdout.toString("utf8").trim()}`]);
}

async function initialise(repository: Repository, path: string, options: readonly string[]): Promise<void> {
  await repository.run(["init", "--quiet", "--template=", "--initial-branch=main", ...options], {
    cwd: path,
    env: { GIT_DIR: join(path, ".git"), GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
  });
}

/** Makes everything of `.git` but our own folder anew: configuration, hooks, refs and objects of earlier runs go. */
async function renewGitDir(repository: Repository, path: string, commit: string): Promise<void> {
  const gitDir = join(path, ".git");
  for (const name of readdirSync(gitDir)) if (name !== ownFolder) await removeTree(join(gitDir, name));
  await copyFileIfThere(join(gitDir, ownFolder, "config"), join(gitDir, "config"));
  for (const folder of ["refs/heads", "refs/tags", "objects/info", "objects/pack", "info"]) {
    makePrivateFolder(join(gitDir, folder));
  }
  // Quoted as git reads it, since a path may hold a line break or begin with `#`.
  await writeNewFile(
    join(gitDir, "objects/info/alternates"),
    `${JSON.stringify(join(repository.commonDir, "objects"))}\n`,
  );
  await copyFileIfThere(join(repository.commonDir, "shallow"), join(gitDir, "shallow"));
  await writeNewFile(join(gitDir, "HEAD"), `${commit}\n`);
}
