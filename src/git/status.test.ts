import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository, type ScratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

const open = ({ root, env }: ScratchRepository) => createGit({ commonDir: join(root, ".git"), root, env });
const hostile = [
  "-rf",
  ":(top)x",
  "line\nbreak",
  'quo"te',
  "ümlaut/日本.txt",
  "star*",
  " blank ",
  "back\\slash",
];

test("every kind of change, under hostile names", async () => {
  const scratch = scratchRepository();
  const { root, write, git, commit } = scratch;
  commit("files", { staged: "1", unstaged: "1", both: "1", gone: "1", mode: "1", ".gitignore": "*.log\n" });
  for (const path of hostile) write(path, "new");
  for (const path of ["staged", "both"]) write(path, "2");
  git(["add", "staged", "both"]);
  for (const path of ["unstaged", "both"]) write(path, "3");
  rmSync(join(root, "gone"));
  chmodSync(join(root, "mode"), 0o755);
  write("intent", "x");
  git(["add", "--intent-to-add", "intent"]);
  write("noise.log", "ignored");
  const dirty = await open(scratch).dirtyFiles(root);
  expect(Object.fromEntries(dirty.map(({ path, state }) => [path, state]))).toEqual({
    ...Object.fromEntries(hostile.map((path) => [path, "untracked"])),
    staged: "staged",
    unstaged: "unstaged",
    both: "both",
    gone: "unstaged",
    mode: "unstaged",
    intent: "unstaged",
  });
});

test("files in conflict, also while the person's settings would change the output", async () => {
  const scratch = scratchRepository();
  const { root, git, commit } = scratch;
  git(["branch", "other"]);
  commit("ours", { "README.md": "ours\n" });
  git(["checkout", "--quiet", "other"]);
  commit("theirs", { "README.md": "theirs\n" });
  for (const setting of ["status.short", "status.branch", "status.showStash"])
    git(["config", setting, "true"]);
  git(["config", "color.status", "always"]);
  git(["config", "status.showUntrackedFiles", "no"]);
  expect(() => git(["merge", "--quiet", "main"])).toThrow();
  scratch.write("new", "");
  expect(await open(scratch).dirtyFiles(root)).toEqual([
    { path: "README.md", state: "unmerged" },
    { path: "new", state: "untracked" },
  ]);
  expect(await open(scratch).unmergedFiles(root)).toEqual(["README.md"]);
  git(["add", "--all"]);
  expect(await open(scratch).unmergedFiles(root)).toEqual([]);
  git(["update-index", "--index-version", "4"]);
  expect(await open(scratch).unmergedFiles(root)).toEqual([]);
});

test("among given paths only, ignored and nested ones included, literally", async () => {
  const scratch = scratchRepository();
  const { root, write, commit } = scratch;
  commit("files", { ".gitignore": "build/\n*.log\n", "src/a": "1", "src/b": "1", "star*": "1" });
  for (const path of ["src/a", "src/b", "starred", "build/deep/x", "k.log", "new/n"]) write(path, "2");
  const gateway = open(scratch);
  const among = (...paths: string[]) => gateway.dirtyAmong(root, paths);
  expect(await among("src/a", "k.log", "build/deep/x")).toEqual(["src/a", "build/deep/x", "k.log"]);
  expect(await among("new", "build")).toEqual(["new/n", "build/deep/x"]);
  expect(await among("star*", "absent", ":(glob)**")).toEqual([]);
  expect(await among()).toEqual([]);
});

test("among more paths than a command line holds", async () => {
  const scratch = scratchRepository();
  const { root, write } = scratch;
  const paths = Array.from({ length: 3000 }, (_, at) => `folder/${"x".repeat(60)}${at}`);
  write(paths[2999] ?? "", "new");
  expect(await open(scratch).dirtyAmong(root, paths)).toEqual([paths[2999]]);
});

test("against an index file of one's own", async () => {
  const scratch = scratchRepository();
  const { root, folder, write, git } = scratch;
  copyFileSync(join(root, ".git/index"), join(folder, "index"));
  write("staged", "x");
  git(["add", "staged"]);
  rmSync(join(root, "staged"));
  const gateway = open(scratch);
  expect(await gateway.dirtyAmong(root, ["staged"])).toEqual(["staged"]);
  expect(await gateway.dirtyAmong(root, ["staged"], join(folder, "index"))).toEqual([]);
});

test("hidden files", async () => {
  const scratch = scratchRepository();
  const { root, git, commit } = scratch;
  commit("files", { a: "1", b: "1", c: "1" });
  git(["update-index", "--assume-unchanged", "a"]);
  git(["update-index", "--skip-worktree", "b"]);
  const gateway = open(scratch);
  expect(await gateway.hiddenFiles(root, ["a", "b", "c", "absent"])).toEqual(["a", "b"]);
  expect(await gateway.hiddenFiles(root, ["c"])).toEqual([]);
});

test("through a symbolic link, and in the worktree of a submodule", async () => {
  const scratch = scratchRepository();
  const { root, folder, git, env, commit } = scratch;
  symlinkSync(root, join(folder, "link"));
  commit("more", { a: "1" });
  scratch.write("a", "2");
  const change = [{ path: "a", state: "unstaged" }];
  expect(await open(scratch).dirtyFiles(join(folder, "link"))).toEqual(change);
  const outer = join(folder, "outer");
  mkdirSync(outer);
  git(["init", "--quiet", "-b", "main"], outer);
  git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", root, "sub"], outer);
  const sub = join(outer, "sub");
  const gateway = createGit({ commonDir: join(outer, ".git/modules/sub"), root: sub, env });
  expect(await gateway.dirtyFiles(sub)).toEqual([]);
  scratch.git(["checkout", "--quiet", "-b", "x"], sub);
  expect(await gateway.head(sub)).toMatchObject({ branch: "refs/heads/x" });
  const [main] = await gateway.listWorktrees();
  expect(main?.path).toBe(sub);
});
