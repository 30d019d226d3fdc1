import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

const zeros = "0".repeat(40);

function opened() {
  const scratch = scratchRepository();
  const { root, env } = scratch;
  const index = join(scratch.folder, "index");
  return { ...scratch, index, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("lays single files of one commit over the tree of another; the checkout takes no part", async () => {
  const { gateway, git, commit, root } = opened();
  const base = commit("base", { "src/a": "a\n", "src/b": "b\n", "test/t": "old\n", gone: "g\n" });
  git(["checkout", "--quiet", "-b", "other"]);
  git(["rm", "--quiet", "gone"]);
  chmodSync(join(root, "test/t"), 0o755);
  const other = commit("other", { "src/a": "changed\n", "test/t": "new\n", "test/deep/[x] *": "added\n" });
  git(["checkout", "--quiet", "main"]);
  const tree = await gateway.overlayTree(base, other, ["test/t", "test/deep/[x] *", "absent", "gone"]);
  expect(git(["ls-tree", "-r", "--format=%(objectmode) %(path)", tree]).split("\n")).toEqual([
    "100644 README.md",
    "100644 src/a",
    "100644 src/b",
    "100644 test/deep/[x] *",
    "100755 test/t",
  ]);
  expect(git(["show", `${tree}:test/t`])).toBe("new");
  expect(git(["show", `${tree}:src/a`])).toBe("a");
  expect(await gateway.overlayTree(base, other, [])).toBe(await gateway.treeOf(base));
  expect(git(["status", "--porcelain"])).toBe("");
});

test("a file laid over a folder, and a folder over a file", async () => {
  const { gateway, git, commit, root } = opened();
  const base = commit("base", { "x/inner": "i\n", y: "file\n" });
  git(["rm", "--quiet", "-r", "x", "y"]);
  const other = commit("other", { x: "file\n", "y/inner": "i\n" });
  const tree = await gateway.overlayTree(base, other, ["x", "y/inner"]);
  expect(git(["ls-tree", "-r", "--name-only", tree]).split("\n")).toEqual(["README.md", "x", "y/inner"]);
  expect(root).not.toBe("");
});

test("tells what lies at each path: kind, mode and the blob that it would be added as", async () => {
  const { gateway, git, commit, root, write, folder } = opened();
  commit("attributes", { ".gitattributes": "*.txt text eol=crlf\n" });
  write("a.txt", "one\r\ntwo\r\n");
  write("tool", "#!/bin/sh\n");
  chmodSync(join(root, "tool"), 0o755);
  write("line\nbreak", "odd\n");
  mkdirSync(join(root, "folder"));
  symlinkSync("../outside", join(root, "link"));
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside/file"), "not ours\n");
  const paths = [
    "a.txt",
    "tool",
    "line\nbreak",
    "folder",
    "link",
    "link/file",
    "tool/below",
    "nothing",
    "folder/nothing",
  ];
  const found = await gateway.lookAtDisk(root, paths);
  const hash = (text: string) => git(["rev-parse", `:${text}`]);
  git(["add", "--all"]);
  expect(Object.fromEntries(found)).toEqual({
    "a.txt": { kind: "file", mode: "100644", blob: hash("a.txt") },
    tool: { kind: "file", mode: "100755", blob: hash("tool") },
    "line\nbreak": { kind: "file", mode: "100644", blob: hash("line\nbreak") },
    link: { kind: "file", mode: "120000", blob: hash("link") },
    folder: { kind: "folder" },
    "link/file": { kind: "unreachable" },
    "tool/below": { kind: "unreachable" },
    nothing: { kind: "nothing" },
    "folder/nothing": { kind: "nothing" },
  });
  expect((await gateway.lookAtDisk(root, [])).size).toBe(0);
});

test("sets entries of an index of its own, and writes only where nothing lies", async () => {
  const { gateway, git, commit, root, index, write } = opened();
  commit("second", { "src/a": "a\n", "src/b": "b\n", gone: "g\n" });
  const blob = (path: string) => git(["rev-parse", `HEAD:${path}`]);
  copyFileSync(join(root, ".git/index"), index);
  const entries = [
    { path: "src/new", mode: "100755", blob: blob("src/a") },
    { path: "gone", mode: "000000", blob: zeros },
    { path: "src/b/now/folder", mode: "100644", blob: blob("src/b") },
  ];
  await gateway.setIndex(root, index, entries);
  await gateway.setIndex(root, index, []);
  expect(git(["status", "--porcelain"])).toBe("");
  const read = await gateway.readIndex(root, index, ["src/new", "gone", "src/a", "src/b"]);
  expect([...read.keys()].sort()).toEqual(["src/a", "src/b/now/folder", "src/new"]);
  expect(read.get("src/new")).toEqual(entries[0]);
  await gateway.writeMissing(root, index, ["src/new"]);
  expect(readFileSync(join(root, "src/new"), "utf8")).toBe("a\n");
  expect(lstatSync(join(root, "src/new")).mode & 0o100).toBe(0o100);
  // In the way: a file, a file where a folder must go, and a folder.
  write("src/a", "mine\n");
  await expect(gateway.writeMissing(root, index, ["src/a"])).rejects.toMatchObject({ code: "git_failed" });
  await expect(gateway.writeMissing(root, index, ["src/b/now/folder"])).rejects.toMatchObject({
    code: "git_failed",
  });
  rmSync(join(root, "src/new"));
  mkdirSync(join(root, "src/new"));
  writeFileSync(join(root, "src/new/mine"), "mine\n");
  await expect(gateway.writeMissing(root, index, ["src/new"])).rejects.toMatchObject({ code: "git_failed" });
  expect(readFileSync(join(root, "src/a"), "utf8")).toBe("mine\n");
  expect(readFileSync(join(root, "src/b"), "utf8")).toBe("b\n");
  expect(readFileSync(join(root, "src/new/mine"), "utf8")).toBe("mine\n");
  await gateway.writeMissing(root, index, []);
});

test("files that are not as a commit has them: not those that are missing, nor ignored ones", async () => {
  const { gateway, git, commit, root, write } = opened();
  const base = commit("base", { ".gitignore": "*.o\n", a: "a\n", b: "b\n", c: "c\n" });
  rmSync(join(root, "a"));
  git(["rm", "--quiet", "--cached", "c"]); // as the index of a killed checkout lacks it
  write("b", "edited\n");
  write("new", "n\n");
  write("x.o", "ignored\n");
  expect((await gateway.strayFiles(root, base)).sort()).toEqual(["b", "new"]);
});
