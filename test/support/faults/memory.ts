import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { listed } from "../mergeable.ts";
import type { World } from "../world.ts";

/** What no operation may lose, whatever becomes of it. */
export interface Memory {
  readonly commits: readonly string[];
  /** Blob id → where its content lay: every file and every staged version of every working tree. */
  readonly contents: ReadonlyMap<string, string>;
  /** What is the person's own business in the main checkout, byte for byte. */
  readonly checkout: readonly string[];
}

/** Files of the main checkout that a person has edited, or made, and no merge touches. */
const persons = ["README.md", "src/b", "mine", "my.ignored"];

/** Takes down what lies in a world. */
export function remember(world: World): Memory {
  const contents = new Map<string, string>();
  for (const root of workingTrees(world)) {
    for (const path of filesBelow(root)) contents.set(blobOf(join(root, path)), join(root, path));
    for (const id of stagedIn(world, root)) contents.set(id, `the index of ${root}`);
  }
  return { commits: reachable(world).commits, contents, checkout: lookAtCheckout(world) };
}

/** What has been lost since, or changed in the person's checkout. */
export function findLosses(world: World, memory: Memory): string[] {
  const { commits, objects } = reachable(world);
  const still = new Set([...commits, ...objects]);
  for (const root of workingTrees(world)) {
    for (const path of filesBelow(root)) still.add(blobOf(join(root, path)));
    for (const id of stagedIn(world, root)) still.add(id);
  }
  const lost = memory.commits.filter((commit) => !still.has(commit)).map((commit) => `lost commit ${commit}`);
  for (const [id, place] of memory.contents) if (!still.has(id)) lost.push(`lost content of ${place}`);
  const now = lookAtCheckout(world);
  const changed = memory.checkout.flatMap((line, index) =>
    line === now[index] ? [] : `changed in the checkout: ${JSON.stringify([line, now[index]]).slice(0, 600)}`,
  );
  return [...lost, ...changed];
}

/** The main checkout and what git knows as worktrees, where they are there. */
function workingTrees(world: World): string[] {
  const lines = listed(world.git(["worktree", "list", "--porcelain"]));
  const paths = lines.filter((line) => line.startsWith("worktree ")).map((line) => line.slice(9));
  // Not the clean rooms: what lies there is calm's own.
  return paths.filter((path) => path.startsWith(world.repository) && isThere(path));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function filesBelow(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (path === ".git" || path === ".worktrees") return [];
    return entry.isDirectory() ? filesBelow(root, path) : path;
  });
}

/** The id that git gives a file's content. */
function blobOf(path: string): string {
  const bytes = lstatSync(path).isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function stagedIn(world: World, root: string): string[] {
  return listed(world.git(["ls-files", "--stage"], root)).map((line) => line.split(" ")[1] ?? "");
}

/** What refs and HEADs reach; every entry of the stash counts. */
function reachable(world: World): { readonly commits: string[]; readonly objects: string[] } {
  const stash = listed(world.git(["reflog", "show", "--format=%H", "refs/stash"]));
  const lines = listed(world.git(["rev-list", "--objects", "--all", ...stash]));
  const commits = listed(world.git(["rev-list", "--all", ...stash]));
  return { commits, objects: lines.map((line) => line.split(" ")[0] ?? "") };
}

function lookAtCheckout(world: World): string[] {
  return [
    ...persons.map((path) => `${path}: ${readFileSync(join(world.repository, path), "latin1")}`),
    // Worktrees come and go, which is what operations are for.
    ...listed(world.git(["status", "--porcelain", "--branch", "--ignored", "--untracked-files=all"])).filter(
      (line) => !line.startsWith("!! .worktrees/"),
    ),
    world.git(["diff", "--cached", "--binary"]),
    world.git(["diff", "--binary"]),
    world.git(["rev-parse", "refs/heads/own-idea", "refs/stash"]),
  ];
}
