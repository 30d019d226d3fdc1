import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { listed } from "../mergeable.ts";
import type { World } from "../world.ts";
import { askGit } from "./ask-git.ts";

/** What no operation may lose, whatever becomes of it. */
export interface Memory {
  readonly commits: readonly string[];
  /** Blob id → where its content lay: all that refs reach, every file and staged version of every working tree. */
  readonly contents: ReadonlyMap<string, string>;
  /** What is the person's own business in the main checkout, byte for byte. */
  readonly checkout: readonly string[];
}

/** Files of the main checkout that a person has edited, or made, and no merge touches. */
const persons = ["README.md", "src/b", "mine", "my.ignored"];

/** Everything that refs and HEADs reach; every entry of the stash counts. */
const reached = "git rev-list --objects --all $(git reflog show --format=%H refs/stash)";

/** Takes down what lies in a world; `letsGo` are commits that nothing has to reach any more. */
export function remember(world: World, letsGo: readonly string[] = []): Memory {
  const seen = look(world);
  const contents = new Map<string, string>();
  const { objects, gone } = askGit(world, {
    objects: `${reached} | cut -d ' ' -f 1 | git cat-file --batch-check='%(objectname) %(objecttype)'`,
    gone: `git rev-parse ${letsGo.join(" ")}`,
  });
  const typed = listed(objects).map((line) => line.split(" "));
  for (const [id = "", type] of typed) if (type === "blob") contents.set(id, "a commit");
  for (const path of seen.files) contents.set(blobOf(path), path);
  for (const id of seen.staged) contents.set(id, "an index");
  const commits = typed.flatMap(([id = "", type]) => (type === "commit" ? id : []));
  return {
    commits: commits.filter((commit) => !gone.includes(commit)),
    ...{ contents, checkout: seen.checkout },
  };
}

/** What has been lost since, or changed in the person's checkout. */
export function findLosses(world: World, memory: Memory): string[] {
  const seen = look(world);
  const still = new Set([...seen.reached, ...seen.staged, ...seen.files.map(blobOf)]);
  const lost = memory.commits.filter((commit) => !still.has(commit)).map((commit) => `lost commit ${commit}`);
  for (const [id, place] of memory.contents) if (!still.has(id)) lost.push(`lost content of ${place}`);
  const changed = memory.checkout.flatMap((line, index) =>
    line === seen.checkout[index]
      ? []
      : `changed in the checkout: ${JSON.stringify([line, seen.checkout[index]]).slice(0, 600)}`,
  );
  return [...lost, ...changed];
}

/** What lies in a world. */
interface Seen {
  /** Every file of every working tree. */
  readonly files: readonly string[];
  /** Blob ids of every index. */
  readonly staged: readonly string[];
  /** Objects that refs and HEADs reach; every entry of the stash counts. */
  readonly reached: ReadonlySet<string>;
  readonly checkout: readonly string[];
}

function look(world: World): Seen {
  // Not the clean rooms: what lies there is calm's own.
  const trees = `git worktree list --porcelain | sed -n 's|^worktree \\(${world.repository}.*\\)|\\1|p'`;
  const told = askGit(world, {
    trees,
    staged: `${trees} | while read -r tree; do if [ -d "$tree" ]; then git -C "$tree" ls-files --stage; fi; done`,
    reached,
    status: "git status --porcelain --branch --ignored --untracked-files=all",
    index: "git diff --cached --binary",
    edits: "git diff --binary",
    refs: "git rev-parse refs/heads/own-idea refs/stash",
  });
  return {
    files: listed(told.trees)
      .filter(isThere)
      .flatMap((tree) => filesBelow(tree).map((path) => join(tree, path))),
    staged: listed(told.staged).map((line) => line.split(" ")[1] ?? ""),
    reached: new Set(listed(told.reached).map((line) => line.split(" ")[0] ?? "")),
    checkout: [
      ...persons.map((path) => `${path}: ${readFileSync(join(world.repository, path), "latin1")}`),
      // Worktrees come and go, which is what operations are for.
      ...listed(told.status).filter((line) => !line.startsWith("!! .worktrees/")),
      ...[told.index, told.edits, told.refs],
    ],
  };
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
