import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";

/** A working tree and the environment that git runs with there. */
export interface Tree {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One thing that a person or an agent does in a working tree; names and contents are latin1, a character a byte. */
export type Deed =
  | { readonly do: "write"; readonly name: string; readonly content: string }
  | {
      readonly do: "link" | "delete" | "execute" | "add" | "intend" | "uncache" | "assume" | "skip";
      readonly name: string;
    }
  | { readonly do: "commit" | "detach" | "orphan" | "attributes" | "bisect" | "merge" | "rebase" };

const names = [
  ...[
    "a",
    "dir/b",
    "dir",
    "text.crlf",
    "up.filtered",
    "new",
    "deep/er/new",
    "sp ace",
    "-n",
    '"q"\\',
    ":(top)x",
  ],
  ...["line\nbreak\ttab", "\xc3\xbc", "byte\xff\xfe", ".hidden"],
];
const contents = [
  "",
  "text\n",
  "lower case\r\nmixed\n",
  "\r\n",
  "\0\x01\xff\r\n\r",
  "x".repeat(300),
  "a\n",
  "b\n",
];

/** The first commit of a repository in which such deeds are done. */
export const firstFiles: Readonly<Record<string, string>> = {
  ".gitattributes": "*.crlf text eol=crlf\n*.filtered filter=upper\n",
  ".gitignore": "*.ignored\n",
  a: "a\n",
  b: "b\n",
  "dir/b": "in a folder\n",
  "text.crlf": "one\ntwo\n",
  "up.filtered": "UPPER\n",
};

/** Configuration of that repository: a filter that loses what it is given. */
export const firstSettings: readonly (readonly [string, string])[] = [["filter.upper.clean", "tr a-z A-Z"]];

const name = fc.constantFrom(...names);

/** Deeds in a row; most leave something behind that is nowhere else. */
export const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        name,
        content: fc.constantFrom(...contents),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom("link", "delete", "execute", "add", "intend", "uncache", "assume", "skip"),
        name,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom("commit", "detach", "orphan", "attributes", "bisect", "merge", "rebase"),
      }),
    },
  ),
  { minLength: 3, maxLength: 14 },
);

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const at = (tree: Tree, path: string): Buffer => Buffer.concat([Buffer.from(`${tree.path}/`), bytes(path)]);

/** Runs git in a tree; what it refuses is refused, as it would be for a person. */
function tryGit({ path, env }: Tree, args: readonly string[], input = ""): void {
  const all = { ...env, GIT_LITERAL_PATHSPECS: "1" };
  try {
    execFileSync("git", args, {
      cwd: path,
      env: all,
      input: bytes(input),
      stdio: ["pipe", "ignore", "ignore"],
    });
  } catch {
    // in a conflict, not there, already done: then this deed did nothing
  }
}

function gitDirOf({ path, env }: Tree): string {
  const args = ["rev-parse", "--absolute-git-dir"];
  return execFileSync("git", args, { cwd: path, env, encoding: "latin1" }).trimEnd();
}

/** Does what a deed says. */
export function act(tree: Tree, deed: Deed): void {
  switch (deed.do) {
    case "write":
    case "link":
    case "delete":
    case "execute":
      actOnDisk(tree, deed);
      return;
    case "add":
      tryGit(tree, ["add", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"], `${deed.name}\0`);
      return;
    case "intend":
      tryGit(tree, ["add", "-N", "--pathspec-from-file=-", "--pathspec-file-nul"], `${deed.name}\0`);
      return;
    case "uncache":
      tryGit(
        tree,
        ["rm", "-q", "-r", "--cached", "--pathspec-from-file=-", "--pathspec-file-nul"],
        `${deed.name}\0`,
      );
      return;
    case "assume":
    case "skip":
      tryGit(
        tree,
        ["update-index", deed.do === "skip" ? "--skip-worktree" : "--assume-unchanged", "-z", "--stdin"],
        `${deed.name}\0`,
      );
      return;
    case "commit":
      tryGit(tree, ["commit", "--quiet", "--allow-empty", "-m", "deed"]);
      return;
    case "detach":
      tryGit(tree, ["checkout", "--quiet", "--detach"]);
      return;
    case "orphan":
      tryGit(tree, ["checkout", "--quiet", "--orphan", "other"]);
      return;
    case "attributes":
      writeFileSync(at(tree, ".gitattributes"), "dir/b text eol=crlf\n*.filtered filter=upper\n");
      actOnDisk(tree, { do: "delete", name: "dir/b" });
      tryGit(tree, ["checkout", "--", "dir/b"]);
      return;
    case "bisect":
      tryGit(tree, ["bisect", "start", "HEAD"]);
      tryGit(tree, ["bisect", "reset"]);
      return;
    case "merge":
      tryGit(tree, ["merge", "--quiet", "--no-edit", "side"]);
      return;
    case "rebase":
      tryGit(tree, ["rebase", "--quiet", "side"]);
  }
}

function actOnDisk(tree: Tree, deed: Deed & { readonly name: string }): void {
  const path = at(tree, deed.name);
  try {
    if (deed.do === "execute") chmodSync(path, 0o755);
    if (deed.do !== "execute") rmSync(path, { recursive: true, force: true });
    if (deed.do !== "write" && deed.do !== "link") return;
    const folder = deed.name.includes("/") ? deed.name.slice(0, deed.name.lastIndexOf("/")) : "";
    if (folder !== "") mkdirSync(at(tree, folder), { recursive: true });
    if ("content" in deed) writeFileSync(path, bytes(deed.content));
    else symlinkSync(bytes("some\xffwhere"), path);
  } catch {
    // nothing there, or a file where a folder should be
  }
}

/** Everything about a working tree that a person could miss: files, index with its flags, HEAD, what is under way. */
export function lookOver(tree: Tree): Record<string, string> {
  const seen: Record<string, string> = {};
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: tree.path, env: tree.env, encoding: "latin1", maxBuffer: 1 << 28 });
  const walk = (folder: Buffer): void => {
    for (const entry of readdirSync(Buffer.concat([Buffer.from(`${tree.path}/`), folder]), {
      encoding: "buffer",
    })) {
      const path = folder.length === 0 ? entry : Buffer.concat([folder, Buffer.from("/"), entry]);
      const full = at(tree, path.toString("latin1"));
      const stats = lstatSync(full);
      const key = path.toString("latin1");
      if (key === ".git") continue;
      if (stats.isDirectory()) walk(path);
      else if (stats.isSymbolicLink()) seen[key] = `-> ${readlinkSync(full, "buffer").toString("latin1")}`;
      else seen[key] = `${(stats.mode & 0o100) === 0 ? "-" : "x"} ${readFileSync(full, "latin1")}`;
    }
  };
  walk(Buffer.alloc(0));
  for (const path of ["text.crlf", "up.filtered"]) {
    // What git sees as unchanged comes back as git writes it.
    const clean = git("status", "--porcelain", "--", path).slice(1, 2).trim() === "";
    if (path in seen && clean && git("ls-files", "--", path) !== "") seen[path] = "unchanged";
  }
  seen["index"] = git("ls-files", "--stage", "-v", "-z");
  seen["status"] = git("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames");
  const gitDir = gitDirOf(tree);
  for (const one of [
    "HEAD",
    "MERGE_HEAD",
    "MERGE_MSG",
    "rebase-merge/git-rebase-todo",
    "rebase-merge/onto",
  ]) {
    if (existsSync(join(gitDir, one))) seen[`git/${one}`] = readFileSync(join(gitDir, one), "latin1");
  }
  return seen;
}
