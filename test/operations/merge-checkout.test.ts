import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  during,
  everything,
  leftovers,
  mergeable,
  mergeRecords,
  mergeWorld,
  putIntoPhase,
} from "../support/mergeable.ts";
import { must, operate } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const merge = "worktree merge SPEC-001";

/** A feature that adds, changes and removes files, turns a file into a folder and a folder into a file. */
async function wideFeature(): Promise<World> {
  const world = await mergeWorld({
    "src/gone": "gone\n",
    "src/file-to-folder": "file\n",
    "src/folder-to-file/inner": "inner\n",
    "src/tool": "#!/bin/sh\n",
    "kept/b": "kept\n",
    ".gitignore": "*.ignored\n/.cache/\n",
  });
  await must(world, "task create SPEC-001 Wide");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  rmSync(join(tree, "src/gone"));
  rmSync(join(tree, "src/file-to-folder"));
  rmSync(join(tree, "src/folder-to-file"), { recursive: true });
  chmodSync(join(tree, "src/tool"), 0o755);
  symlinkSync("a", join(tree, "src/link"));
  world.commit(
    {
      "src/a": "one\ntwo\nthree\nfour\n",
      "src/new/deep/file": "new\n",
      "src/file-to-folder/now": "folder\n",
      "src/folder-to-file": "file now\n",
      "changelog.d/SPEC-001.md": "Wide.\n",
    },
    "wide",
    tree,
  );
  world.git(["add", "--force", "--all"], tree);
  putIntoPhase(world, "SPEC-001", "INTEGRATE");
  return world;
}

/** Ways to spoil a person's checkout for the merge, several at a time, and the files that the refusal must name. */
const inTheWay: readonly (readonly [
  names: string,
  spoil: (world: World) => void,
  files: readonly string[],
])[] = [
  [
    "M7: an edit, an edit of what is removed, untracked files where a link and a folder must go, and in a folder that becomes a file",
    (world) => {
      world.write("src/a", "mine\n");
      world.write("src/gone", "mine\n");
      world.write("src/link", "mine\n");
      world.write("src/new", "mine\n");
      world.write("src/folder-to-file/mine", "mine\n");
    },
    ["src/a", "src/folder-to-file/mine", "src/gone", "src/link", "src/new"],
  ],
  [
    "M6: ignored files in all these places, M7: a staged edit, a staged deletion",
    (world) => {
      const exclude = "/src/link\n/src/new\n/.worktrees/\n";
      writeFileSync(join(world.repository, ".git/info/exclude"), exclude);
      world.write("src/link", "mine\n");
      world.write("src/new", "mine\n");
      world.write("src/folder-to-file/my.ignored", "mine\n");
      world.write("src/a", "mine\n");
      world.git(["add", "src/a"]);
      world.git(["rm", "--quiet", "--cached", "src/gone"]);
    },
    ["src/a", "src/folder-to-file/my.ignored", "src/gone", "src/link", "src/new"],
  ],
  [
    "M7: an edit hidden by assume-unchanged, W15: one by skip-worktree, intent-to-add, a link where a folder must go",
    (world) => {
      world.git(["update-index", "--assume-unchanged", "src/a"]);
      world.git(["update-index", "--skip-worktree", "src/gone"]);
      world.write("src/a", "mine\n");
      world.write("src/gone", "mine\n");
      world.write("src/link", "mine\n");
      world.git(["add", "--intent-to-add", "src/link"]);
      symlinkSync("../kept", join(world.repository, "src/new"));
    },
    ["src/a", "src/gone", "src/link", "src/new"],
  ],
  [
    "a deletion, a folder and a dangling link where files are added, a file that became a folder",
    (world) => {
      rmSync(join(world.repository, "src/a"));
      symlinkSync("nowhere", join(world.repository, "src/link"));
      mkdirSync(join(world.repository, "src/new/deep/file"), { recursive: true });
      rmSync(join(world.repository, "src/file-to-folder"));
      world.write("src/file-to-folder/now", "mine\n");
    },
    ["src/a", "src/file-to-folder", "src/file-to-folder/now", "src/link", "src/new/deep/file"],
  ],
];

/** git operations under way: refused with the marker. */
const underWay: readonly (readonly [name: string, begin: (world: World) => void])[] = [
  [
    "a merge",
    (w) => {
      writeFileSync(join(w.repository, ".git/MERGE_HEAD"), `${w.git(["rev-parse", "main"])}\n`);
    },
  ],
  [
    "a cherry-pick",
    (w) => {
      writeFileSync(join(w.repository, ".git/CHERRY_PICK_HEAD"), `${w.git(["rev-parse", "main"])}\n`);
    },
  ],
  [
    "a bisection",
    (w) => {
      w.git(["bisect", "start"]);
    },
  ],
  [
    "a rebase of the branch, with HEAD detached",
    (w) => {
      w.git(["checkout", "--quiet", "--detach"]);
      mkdirSync(join(w.repository, ".git/rebase-merge"));
      writeFileSync(join(w.repository, ".git/rebase-merge/head-name"), "refs/heads/main\n");
    },
  ],
  [
    "a conflict without any marker",
    (w) => {
      const blob = w.git(["rev-parse", "main:src/b"]);
      const input = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\tsrc/b\n`).join("");
      writeFileSync(join(w.folder, "stages"), `0 ${"0".repeat(40)}\tsrc/b\n${input}`);
      w.git(["-c", "alias.s=!git update-index --index-info <../stages", "s"]);
    },
  ],
];

describe("a person's checkout", () => {
  test("M6, M7, M8, W15: what is in the way is refused before anything moves, byte for byte; unrelated things are kept", async () => {
    const world = await wideFeature();
    world.write("mine/untracked", "u");
    world.write("my.ignored", "i");
    world.write("README.md", "edited\n");
    world.write("src/b", "staged\n");
    world.git(["add", "src/b"]);
    world.write("src/b", "and edited again\n");
    world.git(["add", "--intent-to-add", "mine/untracked"]);
    const index = readFileSync(join(world.repository, ".git/index"));
    const exclude = readFileSync(join(world.repository, ".git/info/exclude"));
    const clean = everything(world);
    for (const [name, spoil, files] of inTheWay) {
      spoil(world);
      const before = everything(world);
      const answer = await operate(world, merge, during(world));
      const told = `${name}: ${JSON.stringify(answer)}`;
      expect([answer.exitCode, answer.error?.code], told).toEqual([4, "checkout_in_the_way"]);
      expect(answer.error?.details["files"], name).toEqual(files);
      expect(everything(world), name).toEqual(before);
      expect(leftovers(world), name).toEqual([]);
      for (const path of ["a", "gone", "new", "link", "folder-to-file", "file-to-folder"]) {
        rmSync(join(world.repository, "src", path), { recursive: true, force: true });
      }
      writeFileSync(join(world.repository, ".git/index"), index);
      writeFileSync(join(world.repository, ".git/info/exclude"), exclude);
      world.git([
        "checkout",
        "--quiet",
        "--",
        "src/a",
        "src/gone",
        "src/folder-to-file",
        "src/file-to-folder",
      ]);
      expect(everything(world), name).toEqual(clean);
    }
    expect(mergeRecords(world).open).toEqual([]);
    // And with nothing in the way all of it is kept.
    await must(world, merge, during(world));
    const after = everything(world);
    expect(after).toMatchObject({
      ...{ "mine/untracked": "u", "my.ignored": "i", "README.md": "edited\n", "src/b": "and edited again\n" },
      ...{ "src/a": "one\ntwo\nthree\nfour\n", "src/link": "-> a", "src/folder-to-file": "file now\n" },
      "src/new/deep/file": "new\n",
    });
    expect(world.git(["status", "--porcelain"]).split("\n")).toEqual(
      [" M README.md", " A mine/untracked", "MM src/b"].sort((a, b) => (a.slice(3) < b.slice(3) ? -1 : 1)),
    );
    expect(world.git(["diff", "--cached", "src/b"])).toContain("+staged");
    expect(leftovers(world)).toEqual([]);
  });

  test.each(underWay)("M10: %s is not disturbed", async (_, begin) => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    begin(world);
    const before = everything(world);
    const answer = await operate(world, merge, during(world));
    expect([answer.exitCode, answer.error?.code]).toEqual([4, "unfinished_git_operation"]);
    expect(everything(world)).toEqual(before);
    expect(leftovers(world).filter((path) => !/^(MERGE|CHERRY)_/.test(path))).toEqual([]);
  });
});

describe.concurrent("where the default branch is checked out", () => {
  test("M9: another branch there, or a detached HEAD: the checkout is left alone", async () => {
    const world = await mergeWorld();
    world.git(["checkout", "--quiet", "-b", "elsewhere"]);
    world.write("src/a", "dirty\n");
    await mergeable(world, "SPEC-001");
    const before = everything(world);
    await must(world, merge, during(world));
    world.git(["checkout", "--quiet", "--detach"]);
    await mergeable(world, "SPEC-002");
    await must(world, "worktree merge SPEC-002", during(world));
    const after = everything(world);
    expect({ ...after, refs: "", HEAD: "", index: "" }).toEqual({ ...before, refs: "", HEAD: "", index: "" });
    expect(world.git(["log", "--format=%s", "--first-parent", "main"]).split("\n").slice(0, 2)).toEqual([
      "Merge task SPEC-002: Title of SPEC-002",
      "Merge task SPEC-001: Title of SPEC-001",
    ]);
  });

  test("another worktree: that one follows; in two at once: refused", async () => {
    const world = await mergeWorld();
    world.git(["checkout", "--quiet", "-b", "elsewhere"]);
    const other = join(world.folder, "other");
    world.git(["worktree", "add", "--quiet", other, "main"]);
    await mergeable(world, "SPEC-001");
    await must(world, merge, during(world));
    expect(world.git(["status", "--porcelain"], other)).toBe("");
    expect(readFileSync(join(other, "src/SPEC-001"), "utf8")).toBe("SPEC-001\n");
    await mergeable(world, "SPEC-002");
    world.git(["worktree", "add", "--quiet", "--force", join(world.folder, "third"), "main"]);
    const answer = await operate(world, "worktree merge SPEC-002", during(world));
    expect([answer.error?.code, answer.error?.message]).toEqual([
      "checkout_in_the_way",
      expect.stringContaining("several places") as string,
    ]);
  });

  test("W15: split index, untracked cache, sparse checkout", async () => {
    const world = await mergeWorld({ "far/away": "x\n", "near/by": "y\n" });
    await mergeable(world, "SPEC-001", { "far/away": "changed\n", "far/new": "n\n", "near/by": "changed\n" });
    world.git(["update-index", "--split-index", "--untracked-cache"]);
    world.git(["sparse-checkout", "set", "near", "src"]);
    await must(world, merge, during(world));
    expect(world.git(["status", "--porcelain"])).toBe("");
    const after = everything(world);
    expect(after["near/by"]).toBe("changed\n");
    expect(after["far/new"]).toBeUndefined();
    expect(world.git(["fsck", "--no-dangling"])).toBe("");
  });

  test("a git at work is waited for, and then left its lock", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    const lock = join(world.repository, ".git/index.lock");
    writeFileSync(lock, "");
    const merging = operate(world, merge, during(world));
    setTimeout(() => {
      rmSync(lock);
    }, 300);
    expect((await merging).exitCode).toBe(0);
    await mergeable(world, "SPEC-002");
    writeFileSync(lock, "");
    const answer = await operate(world, "worktree merge SPEC-002", during(world));
    expect([answer.exitCode, answer.error?.code, answer.error?.hint]).toEqual([
      6,
      "busy",
      expect.stringContaining(`rm ${lock}`) as string,
    ]);
    expect(readFileSync(lock, "utf8")).toBe("");
    rmSync(lock);
    expect(leftovers(world)).toEqual([]);
    await must(world, "worktree merge SPEC-002", during(world));
  });

  test("W12: a bare repository", async () => {
    const world = await mergeWorld();
    const bare = join(world.folder, "bare.git");
    world.git(["clone", "--quiet", "--bare", world.repository, bare]);
    const at = { cwd: bare };
    await must(world, "trust --yes", at);
    await must(world, "task create SPEC-001 Bare", at);
    const tree = (await must(world, "worktree create SPEC-001", at))["path"] as string;
    world.commit({ "src/x": "x\n", "changelog.d/SPEC-001.md": "Did.\n" }, "x", tree);
    putIntoPhase(world, "SPEC-001", "INTEGRATE");
    await must(world, merge, { ...at, ...during(world) });
    expect(world.git(["show", "main:src/x"], bare)).toBe("x");
    expect(world.git(["branch", "--list", "SPEC-001"], bare)).toBe("");
  });
});
