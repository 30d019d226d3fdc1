import { readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { lookAt } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { answeredId } from "./failures.ts";
import type { Git } from "./git.ts";
import { listIndex } from "./list-index.ts";
import { listTree } from "./list-tree.ts";
import { parseChangedOnDisk } from "./parse-status.ts";
import { parseIndex, parseTree } from "./parse-tree.ts";
import { eachGroup } from "./path-groups.ts";
import type { OnDisk } from "./path-state.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { plainStatus } from "./status.ts";

/** A power cut must not leave an index that says more than the disk has. */
const durableIndex = ["core.fsync=index"];

type Overlays = Pick<
  Git,
  "overlayTree" | "lookAtDisk" | "readIndex" | "setIndex" | "writeMissing" | "strayFiles"
>;

/** Single paths: laid over a tree, compared with the disk, put back. */
export function overlays(repository: Repository): Overlays {
  return {
    overlayTree: (base, other, paths) => overlayTree(repository, base, other, paths),
    lookAtDisk: (worktree, paths) => lookAtDisk(repository, worktree, paths),
    readIndex: async (worktree, indexFile, paths) => {
      const env = { GIT_INDEX_FILE: indexFile };
      const entries = await eachGroup(paths, async (group) => {
        const listed = await listIndex(repository, worktree, ["--stage"], { paths: group, env });
        return parseIndex(listed.toString("utf8"));
      });
      return new Map(entries.map((entry) => [entry.path, entry]));
    },
    setIndex: async (worktree, indexFile, entries) => {
      if (entries.length === 0) return;
      const env = { GIT_INDEX_FILE: indexFile };
      const input = entries.map(({ mode, blob, path }) => `${mode} ${blob}\t${path}\0`).join("");
      const call = { env, config: durableIndex };
      await repository.runIn(worktree, ["update-index", "-z", "--index-info"], { ...call, input });
      // Gives the entries the times of their files again; exit 1 says that some differ.
      await repository.runIn(worktree, ["update-index", "-q", "--refresh"], { ...call, answers: [0, 1] });
    },
    writeMissing: async (worktree, indexFile, paths) => {
      if (paths.length === 0) return;
      const call = { env: { GIT_INDEX_FILE: indexFile }, config: durableIndex };
      const input = paths.map((path) => `${path}\0`).join("");
      await repository.runIn(worktree, ["checkout-index", "-u", "-z", "--stdin"], { ...call, input });
    },
    strayFiles: (worktree, commit) =>
      inTemporaryFolder([], async (folder) => {
        const env = { GIT_INDEX_FILE: join(folder, "index") };
        await repository.runIn(worktree, ["read-tree", revision(commit)], { env });
        const answer = await repository.runIn(worktree, ["status", ...plainStatus, "--ignored=no"], { env });
        return parseChangedOnDisk(answer.stdout.toString("utf8"));
      }),
  };
}

function overlayTree(
  repository: Repository,
  base: string,
  other: string,
  paths: readonly string[],
): Promise<string> {
  return inTemporaryFolder([], async (folder) => {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    const entries = await eachGroup(paths, async (group) => {
      const listed = await listTree(repository, other, { options: [], paths: group });
      return parseTree(listed.toString("utf8"));
    });
    await repository.run(["read-tree", revision(base)], { env });
    const tree = (await repository.run(["rev-parse", "--verify", `${revision(base)}^{tree}`])).stdout;
    // An id of zeros is as long as any other of the repository.
    const nothing = tree.toString("utf8").trim().replaceAll(/./g, "0");
    const present = new Set(entries.map(({ path }) => path));
    const removals = paths.filter((path) => !present.has(path)).map((path) => `0 ${nothing}\t${path}\0`);
    const additions = entries.map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`);
    const input = [...removals, ...additions].join("");
    await repository.run(["update-index", "-z", "--index-info"], { env, input });
    return answeredId("write-tree", (await repository.run(["write-tree"], { env })).stdout);
  });
}

async function lookAtDisk(
  repository: Repository,
  worktree: string,
  paths: readonly string[],
): Promise<Map<string, OnDisk>> {
  const found = new Map<string, OnDisk>();
  const files = new Map<string, string>();
  for (const path of paths) {
    const stats = isReachable(worktree, path) ? lookAt(join(worktree, path)) : "unreachable";
    if (stats === "unreachable") found.set(path, { kind: "unreachable" });
    else if (stats === undefined) found.set(path, { kind: "nothing" });
    else if (stats.isDirectory()) found.set(path, { kind: "folder" });
    else if (stats.isFile()) files.set(path, (stats.mode & 0o100) === 0 ? "100644" : "100755");
    else if (stats.isSymbolicLink()) {
      const target = readlinkSync(join(worktree, path), "buffer");
      const [blob = ""] = await hash(repository, worktree, ["--no-filters", "--stdin"], target);
      found.set(path, { kind: "file", mode: "120000", blob });
    } else found.set(path, { kind: "other" });
  }
  const blobs = await hashFiles(repository, worktree, [...files.keys()]);
  for (const [path, mode] of files) found.set(path, { kind: "file", mode, blob: blobs.get(path) ?? "" });
  return found;
}

/** Whether every folder above a path is a folder, or there is nothing yet; a symbolic link leads elsewhere. */
function isReachable(worktree: string, path: string): boolean {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const stats = lookAt(join(worktree, folder));
    if (stats && !stats.isDirectory()) return false;
  }
  return true;
}

async function hashFiles(
  repository: Repository,
  worktree: string,
  files: readonly string[],
): Promise<Map<string, string>> {
  // With the filters of each path, as `git add` would apply them; a line break in a name would end it in a list.
  const plain = files.filter((path) => !path.includes("\n"));
  const input = `${plain.join("\n")}\n`;
  const listed = plain.length === 0 ? [] : await hash(repository, worktree, ["--stdin-paths"], input);
  const blobs = new Map(plain.map((path, index) => [path, listed[index] ?? ""]));
  for (const path of files.filter((one) => one.includes("\n"))) {
    const [blob = ""] = await hash(repository, worktree, ["--", path]);
    blobs.set(path, blob);
  }
  return blobs;
}

async function hash(
  repository: Repository,
  worktree: string,
  args: readonly string[],
  input?: string | Buffer,
): Promise<string[]> {
  const call = input === undefined ? {} : { input };
  const answer = await repository.runIn(worktree, ["hash-object", "-t", "blob", ...args], call);
  return answer.stdout.toString("utf8").trimEnd().split("\n");
}
