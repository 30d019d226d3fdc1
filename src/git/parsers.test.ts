import { expect, test } from "vitest";
import { parseMergeTree } from "./merge-preview.ts";
import { parseAddedLines, parseRawDiff } from "./parse-diff.ts";
import { parseHiddenFiles, parseStatus, parseStatusPaths } from "./parse-status.ts";
import { parseTreeObject } from "./object-tree.ts";
import { parseAttributeFiles, parseBatch, parseTree } from "./parse-tree.ts";
import { parseWorktrees } from "./parse-worktrees.ts";
import { groupPaths } from "./path-groups.ts";

const id = "a".repeat(40);
const zeros = "0".repeat(40);

test("status: the two letters become one word, renames count twice, ignored files are only paths", () => {
  const text = "## main\0M  s\0 M u\0MM b\0?? n\nl\0UU c\0AA d\0R  new\0old\0!! i\0";
  expect(parseStatus(text).map(({ path, state }) => `${path}:${state}`)).toEqual([
    "s:staged",
    "u:unstaged",
    "b:both",
    "n\nl:untracked",
    "c:unmerged",
    "d:unmerged",
    "new:staged",
    "old:staged",
  ]);
  expect(parseStatusPaths(text)).toContain("i");
  expect(parseStatus("## main...origin/main\0")).toEqual([]);
  for (const lost of ["", "## ma", "M  s\0"])
    expect(() => parseStatus(lost)).toThrow("git status: no answer");
});

test("ls-files -v: small letters and S are hidden", () => {
  expect(parseHiddenFiles("H a\0h b\0S c\0s d\0M e\0")).toEqual(["b", "c", "d"]);
});

test("raw diff: modes, blobs and hostile paths; a name that is no UTF-8 is refused", () => {
  const output = Buffer.from(`:000000 100644 ${zeros} ${id} A\0a "\n\tb\0:100644 120000 ${id} ${id} T\0l\0`);
  expect(parseRawDiff(output)).toEqual([
    {
      path: 'a "\n\tb',
      status: "added",
      oldMode: "000000",
      newMode: "100644",
      oldBlob: zeros,
      newBlob: id,
    },
    { path: "l", status: "type_changed", oldMode: "100644", newMode: "120000", oldBlob: id, newBlob: id },
  ]);
  const latin1 = Buffer.concat([Buffer.from(`:000000 100644 ${zeros} ${id} A\0`), Buffer.from([0xe4, 0])]);
  expect(() => parseRawDiff(latin1)).toThrow("not UTF-8");
});

test("patch: content that looks like headers is content", () => {
  const patch = [
    'diff --git "a/q\\"\\n\\001" "b/q\\"\\n\\001"',
    "--- /dev/null",
    '+++ "b/q\\"\\n\\001"\t',
    "@@ -0,0 +1,3 @@",
    "+++ b/other",
    "+@@ -1 +1 @@",
    "+diff --git a/x b/x",
    "\\ No newline at end of file",
    "diff --git a/with blank b/with blank",
    "--- a/with blank\t",
    "+++ b/with blank\t",
    "@@ -3 +3 @@ context",
    "--- old",
    "+new",
    "@@ -9,2 +9,0 @@",
    "-gone",
    "-gone",
    "",
  ].join("\n");
  expect(parseAddedLines(patch)).toEqual([
    {
      path: 'q"\n\u0001',
      lines: [
        { number: 1, text: "++ b/other" },
        { number: 2, text: "@@ -1 +1 @@" },
        { number: 3, text: "diff --git a/x b/x" },
      ],
    },
    { path: "with blank", lines: [{ number: 3, text: "new" }] },
  ]);
});

test("trees, attribute files and batches", () => {
  const names = [
    "100644:.gitattributes",
    "100644:x.gitattributes",
    "120000:a/.gitattributes",
    "100755:a b/.gitattributes",
  ];
  const listing = names.map((name) => `${name.slice(0, 6)} blob ${id}\t${name.slice(7)}\0`).join("");
  expect(parseTree(listing)).toHaveLength(4);
  expect(parseAttributeFiles(Buffer.from(listing)).map(({ path }) => path)).toEqual([
    ".gitattributes",
    "a b/.gitattributes",
  ]);
  const batch = Buffer.from(`${id} blob 3\na\nb\nx:a b missing\n${id} blob 0\n\n`);
  expect(parseBatch(batch).map((content) => content?.toString())).toEqual(["a\nb", undefined, ""]);
  const bytes = Buffer.alloc(20, "100644 b\0");
  const tree = Buffer.concat([Buffer.from("40000 a\0"), bytes, Buffer.from("120000 b c\0"), bytes]);
  expect(parseTreeObject(tree, 20).map(({ mode, name }) => `${mode} ${name}`)).toEqual([
    "40000 a",
    "120000 b c",
  ]);
});

test("merge-tree: only the exit code says whether it is clean", () => {
  expect(parseMergeTree(`${id}\0`, true)).toEqual({ clean: true, tree: id });
  expect(parseMergeTree(`${id}\0a\nb\0a\nb\0c\0`, false)).toEqual({
    clean: false,
    tree: id,
    conflicts: ["a\nb", "c"],
  });
  expect(() => parseMergeTree("", false)).toThrow("no answer");
  expect(() => parseMergeTree("CONFLICT\0", false)).toThrow("gave no tree");
});

test("worktree list: an unborn branch, a lock without a reason, a path with a line break", () => {
  const text = `worktree /a\nb\0HEAD ${zeros}\0branch refs/heads/main\0\0worktree /c\0HEAD ${id}\0detached\0locked\0prunable gone away\0\0worktree /d\0bare\0\0`;
  expect(parseWorktrees(text)).toMatchObject([
    { path: "/a\nb", head: undefined, branch: "refs/heads/main", detached: false, locked: undefined },
    { path: "/c", head: id, branch: undefined, detached: true, locked: "", prunable: "gone away" },
    { path: "/d", bare: true },
  ]);
});

test("paths are grouped by size, and one that is too long goes alone", () => {
  expect(groupPaths(["aa", "bb", "c".repeat(20), "d", "e"], 6)).toEqual([
    ["aa", "bb"],
    ["c".repeat(20)],
    ["d", "e"],
  ]);
  expect(groupPaths([], 6)).toEqual([]);
});
