import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository, type ScratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

const open = ({ root, env }: ScratchRepository) => createGit({ commonDir: join(root, ".git"), root, env });

test("files of a commit, under hostile names, symbolic links not followed", async () => {
  const scratch = scratchRepository();
  const { root, commit, write, git } = scratch;
  symlinkSync("/etc/passwd", join(root, "link"));
  const names = ["-dash", 'a b/ü\n"q".txt', ":(top)x", "star*"];
  const head = commit("files", Object.fromEntries(names.map((name) => [name, `text of ${name}\r\n`])));
  write("-dash", "changed on disk only");
  const gateway = open(scratch);
  for (const name of names) {
    expect(await gateway.readFile(head, name)).toBe(`text of ${name}\r\n`);
    expect(await gateway.blobOf(head, name)).toBe(git(["rev-parse", `${head}:${name}`]));
  }
  for (const absent of ["link", "a b", "none", "", "star"]) {
    expect(await gateway.readFile(head, absent), absent).toBeUndefined();
  }
});

test("folders of a commit", async () => {
  const scratch = scratchRepository();
  const head = scratch.commit("files", { "docs/a.md": "", "docs/sub/b": "", "docs2/x": "", "-d/y": "" });
  const gateway = open(scratch);
  expect(await gateway.listFolder(head, "")).toEqual(["-d/", "README.md", "docs/", "docs2/"]);
  expect(await gateway.listFolder(head, "docs")).toEqual(["a.md", "sub/"]);
  expect(await gateway.listFolder(head, "docs/sub/")).toEqual(["b"]);
  expect(await gateway.listFolder(head, "-d")).toEqual(["y"]);
  expect(await gateway.listFolder(head, "README.md")).toEqual([]);
  expect(await gateway.listFolder(head, "none")).toEqual([]);
});

test("the blob ids of a text and of a file's bytes, whatever conversion is configured", async () => {
  const scratch = scratchRepository();
  const { root, git, commit, write } = scratch;
  write("crlf", "a\r\n");
  commit("crlf", { ".gitattributes": "later text\n" });
  git(["config", "core.autocrlf", "input"]);
  write("later", "a\r\n");
  const gateway = open(scratch);
  const blob = git(["rev-parse", "HEAD:crlf"]);
  expect(await gateway.hashText("a\r\n")).toBe(blob);
  expect(await gateway.hashFile(join(root, "later"))).toBe(blob);
  await expect(gateway.hashFile(join(root, "none"))).rejects.toMatchObject({ code: "git_failed" });
});

test("blob ids are git's own, in a repository of SHA-256, of large files, and behind a link", async () => {
  const scratch = scratchRepository({ init: ["--object-format=sha256"] });
  const { root, git, write } = scratch;
  const gateway = open(scratch);
  const texts = ["", "ü\n", "x".repeat(300_001)];
  for (const [index, text] of texts.entries()) {
    write(`file${index}`, text);
    const id = git(["hash-object", "--no-filters", `file${index}`]);
    expect(id).toHaveLength(64);
    expect(await gateway.hashFile(join(root, `file${index}`))).toBe(id);
    expect(await gateway.hashText(text)).toBe(id);
  }
  symlinkSync("file1", join(root, "link"));
  expect(await gateway.hashFile(join(root, "link"))).toBe(git(["hash-object", "file1"]));
  await expect(gateway.hashFile(root)).rejects.toMatchObject({ code: "git_failed" });
});

test("changed files: no renames, modes, types, in path order, whatever the person's settings", async () => {
  const scratch = scratchRepository();
  const { root, git, commit } = scratch;
  const from = commit("one", { old: "same\n".repeat(20), mode: "x", type: "x", edit: "x", "z/gone": "x" });
  git(["mv", "old", "new"]);
  git(["rm", "--quiet", "type", "z/gone"]);
  symlinkSync("edit", join(root, "type"));
  chmodSync(join(root, "mode"), 0o755);
  const to = commit("two", { edit: "y", "a/ü\n": "new" });
  for (const [key, value] of [
    ["diff.renames", "copies"],
    ["diff.noprefix", "true"],
    ["diff.orderFile", "/dev/null"],
    ["diff.relative", "true"],
  ]) {
    git(["config", key ?? "", value ?? ""]);
  }
  const changed = await open(scratch).changedFiles(from, to);
  expect(changed.map(({ path, status }) => `${status} ${path}`)).toEqual([
    "added a/ü\n",
    "modified edit",
    "modified mode",
    "added new",
    "deleted old",
    "type_changed type",
    "deleted z/gone",
  ]);
  expect(changed[2]).toMatchObject({ oldMode: "100644", newMode: "100755" });
  expect(changed[4]).toMatchObject({ newMode: "000000", newBlob: "0".repeat(40) });
  expect(await open(scratch).changedFiles("refs/heads/main", to)).toEqual([]);
});

test("added lines: numbers, hostile names, no binaries, and no attribute of a branch can hide them", async () => {
  const scratch = scratchRepository();
  const { git, commit, write } = scratch;
  const from = commit("one", { "a.ts": "1\n2\n3\n4\n", gone: "x\n" });
  git(["rm", "--quiet", "gone"]);
  write("image", Buffer.from([0, 1, 2, 10]));
  write("-d ü\n.txt", "+++ b/x\r\nTODO");
  const to = commit("two", { "a.ts": "1\nTODO 2\n3\n4\n5\n", ".gitattributes": "* -diff\n", "sub/x": "" });
  git(["config", "diff.noprefix", "true"]);
  git(["config", "diff.context", "9"]);
  git(["config", "color.diff", "always"]);
  git(["config", "diff.external", "false"]);
  const gateway = open(scratch);
  const added = await gateway.addedLines(from, to);
  const expected = [
    {
      path: "-d ü\n.txt",
      lines: [
        { number: 1, text: "+++ b/x\r" },
        { number: 2, text: "TODO" },
      ],
    },
    { path: ".gitattributes", lines: [{ number: 1, text: "* -diff" }] },
    {
      path: "a.ts",
      lines: [
        { number: 2, text: "TODO 2" },
        { number: 5, text: "5" },
      ],
    },
  ];
  expect(added).toEqual(expected);
  expect(await gateway.addedLines(from, to, ["a.ts", "-d ü\n.txt"])).toEqual([expected[0], expected[2]]);
  expect(await gateway.addedLines(from, to, [])).toEqual([]);
});
