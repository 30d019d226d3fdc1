import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { query } from "../support/database.ts";
import { runCalm } from "../support/killing-git.ts";
import {
  during,
  everything,
  gitThatFirst,
  leftovers,
  mergeable,
  mergeRecords,
  mergeWorld,
  putIntoPhase,
  runsOf,
} from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import { program } from "../support/real-calm.ts";
import type { World } from "../support/world.ts";

const merge = "worktree merge SPEC-001";

/** A program that says that it ran, and then hangs; as a hook, a signer or a monitor it would stop git for ever. */
function trap(world: World, path: string): string {
  const canary = join(world.folder, "canary");
  writeFileSync(path, `#!/bin/sh\necho "$0 $*" >> ${canary}\nsleep 600\n`, { mode: 0o755 });
  return path;
}

/** git as the person runs it who sits at the checkout, whatever calm has set for its own gits. */
const person = "env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u GIT_COMMON_DIR git";

function status(world: World): string {
  return world.git(["status", "--porcelain"]);
}

describe.concurrent("a person's git", () => {
  test("M11, M18: hooks, a signer and a monitor that hang, and merge options that squash, take no part", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    world.write("README.md", "edited\n");
    const hooks = ["pre-merge-commit", "commit-msg", "prepare-commit-msg", "post-merge", "post-checkout"];
    for (const hook of [...hooks, "reference-transaction", "post-index-change", "post-rewrite"])
      trap(world, join(world.repository, ".git/hooks", hook));
    const evil = trap(world, join(world.folder, "evil"));
    const settings = {
      "branch.main.mergeOptions": "--squash",
      "merge.autostash": "true",
      "merge.ff": "only",
      "commit.gpgSign": "true",
      "gpg.program": evil,
      "core.fsmonitor": evil,
      "core.editor": evil,
      "diff.external": evil,
    };
    const set = (flags: readonly string[]) => {
      for (const [key, value] of Object.entries(settings))
        world.git(["config", ...flags, key, ...(flags.length === 0 ? [value] : [])]);
    };
    set([]);
    await must(world, merge, during(world));
    set(["--unset"]);
    for (const hook of ["reference-transaction", "post-index-change"])
      rmSync(join(world.repository, ".git/hooks", hook));
    const canary = join(world.folder, "canary");
    expect(existsSync(canary) ? readFileSync(canary, "utf8") : "").toBe("");
    expect(world.git(["cat-file", "commit", "main"])).not.toContain("gpgsig");
    expect(world.git(["rev-list", "--parents", "-1", "main"]).split(" ")).toHaveLength(3);
    expect([status(world), world.git(["stash", "list"])]).toEqual([" M README.md", ""]);
  });

  test("M12: a tag named as the task, one named as main, M20: a gc while the candidate is checked", async () => {
    const world = await mergeWorld();
    const root = world.git(["rev-parse", "main"]);
    const head = await mergeable(world, "SPEC-001");
    for (const name of ["SPEC-001", "main", "refs/heads/main"]) world.git(["tag", name, root]);
    // The commits of a test are old, and a log of HEAD that gc has shortened would void the run.
    for (const key of ["reflogExpire", "reflogExpireUnreachable"])
      world.git(["config", `gc.${key}`, "never"]);
    const gc = `${person} -C ${world.repository} gc --quiet --prune=now`;
    const { commit } = await must(world, merge, during(world, gc));
    expect(world.git(["rev-parse", "refs/heads/main"])).toBe(commit);
    expect(world.git(["rev-parse", "refs/heads/main^2"])).toBe(head);
    expect(runsOf(world)).toBe(1);
    expect(world.git(["for-each-ref", "--format=%(objectname)", "refs/tags"]).split("\n")).toEqual(
      Array.from({ length: 3 }, () => root),
    );
    expect([world.git(["fsck", "--no-dangling"]), leftovers(world)]).toEqual(["", []]);
  });

  test("M3: whoever commits while branch and files move is told to wait, and never takes the merge back", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n", "src/new": "n\n" });
    const result = join(world.folder, "result");
    const commit = `${person} -C ${world.repository} commit --quiet --all --allow-empty --message innocent`;
    const moving = "calm: merge SPEC-001";
    const meanwhile = gitThatFirst(world, moving, `${commit} 2> ${result}`);
    await must(world, merge, { env: { ...during(world).env, ...meanwhile } });
    expect(readFileSync(result, "utf8")).toContain("index.lock': File exists");
    expect([status(world), world.git(["log", "-1", "--format=%s"])]).toEqual([
      "",
      "Merge task SPEC-001: Title of SPEC-001",
    ]);

    // Killed with the branch moved, and the index not yet.
    await mergeable(world, "SPEC-002", { "src/b": "changed\n" });
    rmSync(join(world.folder, "shim-done"));
    const dying = gitThatFirst(world, "calm: merge SPEC-002", 'git "$@"; kill -9 $PPID $$');
    const env = { ...world.env, ...during(world).env, ...dying };
    const argv = [program, "worktree", "merge", "SPEC-002"];
    expect(spawnSync(process.execPath, argv, { cwd: world.repository, env }).signal).toBe("SIGKILL");
    expect(world.git(["log", "-1", "--format=%s"])).toBe("Merge task SPEC-002: Title of SPEC-002");
    expect(() => world.git(["commit", "--quiet", "--all", "--message", "innocent"])).toThrow("index.lock");
    expect(runCalm(world, "doctor --fix").status).toBe(0);
    expect([status(world), leftovers(world), phaseOf(world, "SPEC-002")]).toEqual(["", [], "VERIFY"]);
    expect(world.git(["show", "HEAD:src/b"])).toBe("changed");
  });
});

describe.concurrent("content that lies on disk otherwise than in a commit", () => {
  test("line ends by attribute and by configuration, and large files' pointers: git sees no difference", async () => {
    const attributes =
      "*.txt text eol=crlf\n*.auto text=auto\n*.big filter=big -text\n*.lfs filter=lfs -text\n";
    const world = await mergeWorld({
      ".gitattributes": attributes,
      "src/old.txt": "old\n",
      "src/x.big": "abc\n",
    });
    world.git(["config", "core.autocrlf", "true"]);
    // One filter is installed, the other one is not: its files stay the pointers that they are.
    world.git(["config", "filter.big.clean", "tr a-z A-Z"]);
    world.git(["config", "filter.big.smudge", "tr A-Z a-z"]);
    world.git(["config", "filter.big.required", "true"]);
    rmSync(join(world.repository, "src"), { recursive: true });
    world.git(["checkout", "--quiet", "--", "."]);
    world.git(["add", "--renormalize", "."]);
    world.git(["commit", "--quiet", "--message", "normal"]);
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    await mergeable(world, "SPEC-001", {
      "src/old.txt": "old\r\nnew\r\n",
      "src/new.auto": "one\r\ntwo\r\n",
      "src/x.big": "changed\n",
      "src/y.lfs": pointer,
    });
    expect(status(world)).toBe("");
    await must(world, merge, during(world));
    expect(status(world)).toBe("");
    expect(everything(world)).toMatchObject({
      ...{ "src/old.txt": "old\r\nnew\r\n", "src/new.auto": "one\r\ntwo\r\n", "src/x.big": "changed\n" },
      "src/y.lfs": pointer,
    });
    expect(world.git(["show", "main:src/x.big"])).toBe("CHANGED");
    expect(world.git(["show", "main:src/old.txt"])).toBe("old\nnew");

    // With a filter that fails a file cannot be written: refused before anything moves.
    await mergeable(world, "SPEC-002", { "src/x.big": "again\n", "src/a": "before it\n" });
    world.git(["config", "filter.big.smudge", "false"]);
    const before = everything(world);
    const failed = await operate(world, "worktree merge SPEC-002", during(world));
    expect([failed.exitCode, failed.error?.code], JSON.stringify(failed)).toEqual([8, "git_failed"]);
    expect(failed.error?.message).toMatch(/src\/x\.big: smudge filter big failed/);
    expect(everything(world)).toEqual(before);
    // Found before the repository lock was taken, for which others would have to wait.
    const published = "select id from journal where task_id = 'SPEC-002' and data like '%\"checkout\"%'";
    expect(query(join(world.env["CALM_HOME"] ?? "", "metadata.db"), published)).toEqual([]);
    expect([leftovers(world), phaseOf(world, "SPEC-002")]).toEqual([[], "INTEGRATE"]);
    world.git(["config", "filter.big.smudge", "tr A-Z a-z"]);
    await must(world, "worktree merge SPEC-002", during(world));
    expect([status(world), everything(world)["src/x.big"]]).toEqual(["", "again\n"]);
  });

  test("names that differ in case only, and one that changes its case, are as the commit has them", async () => {
    const world = await mergeWorld({ "src/Readme": "r\n" });
    // On a file system that tells no case apart git has set this itself.
    const folded = existsSync(join(world.repository, "SRC"));
    const tree = world.worktree("SPEC-001");
    await must(world, "task create SPEC-001 Names");
    await must(world, "worktree create SPEC-001");
    renameSync(join(tree, "src/Readme"), join(tree, "src/README"));
    world.git(["rm", "--quiet", "--cached", "src/Readme"], tree);
    world.git(["add", "src/README"], tree);
    const files = folded ? {} : { "src/twin": "small\n", "src/Twin": "capital\n" };
    await mergeable(world, "SPEC-002", { "src/other": "o\n", ...files });
    world.git(["commit", "--quiet", "--message", "renamed"], tree);
    await must(world, "worktree merge SPEC-002", during(world));
    world.git(["worktree", "remove", "--force", tree]);
    world.git(["branch", "--quiet", "--move", "SPEC-001", "renamed"]);
    expect(status(world)).toBe("");
    if (!folded) expect(everything(world)).toMatchObject({ "src/twin": "small\n", "src/Twin": "capital\n" });
    await mergeable(world, "SPEC-003");
    world.git(["merge", "--quiet", "--no-edit", "renamed"], world.worktree("SPEC-003"));
    await must(world, "worktree merge SPEC-003", during(world));
    expect([status(world), world.git(["ls-files", "src/README", "src/Readme"])]).toEqual(["", "src/README"]);
    expect(mergeRecords(world)).toMatchObject({ merges: 2, open: [] });
  });

  test("W11: a submodule that moves is left alone in the checkout, and told; one that was edited is no obstacle elsewhere", async () => {
    const world = await mergeWorld();
    const library = join(world.folder, "library");
    world.git(["init", "--quiet", "--initial-branch=main", library]);
    const first = world.commit({ lib: "1\n" }, "first", library);
    world.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "deps/lib"]);
    world.git(["commit", "--quiet", "--message", "submodule"]);
    const second = world.commit({ lib: "2\n" }, "second", library);
    await must(world, "task create SPEC-001 Library");
    await must(world, "worktree create SPEC-001");
    const tree = world.worktree("SPEC-001");
    world.git(["update-index", "--cacheinfo", `160000,${second},deps/lib`], tree);
    world.commit({ "changelog.d/SPEC-001.md": "Library.\n" }, "changelog", tree);
    expect(world.git(["ls-tree", "HEAD", "deps/lib"], tree)).toContain(second);
    putIntoPhase(world, "SPEC-001", "INTEGRATE");
    const landed = await operate(world, `${merge} --skip-sync`, during(world));
    expect([landed.exitCode, landed.warnings], JSON.stringify(landed)).toEqual([
      0,
      [
        `Submodules moved: deps/lib; their files in ${world.repository} are as they were. Update them there: git submodule update`,
      ],
    ]);
    expect(world.git(["rev-parse", "HEAD"], join(world.repository, "deps/lib"))).toBe(first);
    expect(status(world)).toBe(" M deps/lib");
    await mergeable(world, "SPEC-002");
    await must(world, "worktree merge SPEC-002", during(world));
    expect(status(world)).toBe(" M deps/lib");

    // Its repository works in one place only: the worktree is not even moved to be looked into.
    await mergeable(world, "SPEC-003");
    const own = world.worktree("SPEC-003");
    world.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init"], own);
    const stays = await operate(world, "worktree merge SPEC-003", during(world));
    expect(stays.warnings).toEqual([
      expect.stringContaining("SPEC-003 holds submodules, which could not be kept"),
    ]);
    expect(world.git(["status", "--porcelain"], own)).toBe("");
  });
});
