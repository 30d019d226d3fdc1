import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { lookOver } from "../support/dirty-tree.ts";
import { leftovers, mergeable, mergeRecords, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, refused } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const remove = "worktree remove SPEC-001 --force --yes";
const restore = "worktree restore SPEC-001";

function seen(world: World): Record<string, string> {
  return lookOver({ path: world.worktree("SPEC-001"), env: world.env });
}

/** Staged, unstaged, both, deleted, untracked, in bytes, hidden from git, in CRLF where git wants LF. */
async function fullWorktree(): Promise<World> {
  const world = await mergeWorld({
    ".gitattributes": "*.txt text eol=lf\n",
    "src/c": "c\n",
    "src/d": "d\n",
    "e.txt": "e\n",
  });
  await mergeable(world, "SPEC-001", { "src/a": "committed\n" });
  const tree = world.worktree("SPEC-001");
  world.write("src/b", "staged\n", tree);
  world.git(["add", "src/b"], tree);
  world.write("src/b", "then edited\n", tree);
  world.git(["rm", "--quiet", "src/d"], tree);
  world.write("e.txt", "one\r\ntwo\n", tree);
  world.git(["update-index", "--skip-worktree", "src/c"], tree);
  world.write("src/c", "hidden\n", tree);
  world.write("empty", "", tree);
  writeFileSync(Buffer.from(`${tree}/\xff\n`, "latin1"), Buffer.from([0, 255, 13, 10]));
  return world;
}

test("brings a removed worktree back as it was, from the newest entry or that one, and keeps the entry", async () => {
  const world = await fullWorktree();
  const before = seen(world);
  const { kept } = await must(world, remove);
  world.git(["gc", "--quiet", "--prune=now"]);
  expect(await must(world, "worktree attic list")).toMatchObject({
    entries: [
      { task: "SPEC-001", entry: 1, ref: kept, restored_at: null, reason: "worktree remove --force" },
    ],
  });
  const shown = await must(world, "worktree attic show SPEC-001 --patch");
  const files = (list: string): string[] =>
    (shown[list] as { path: string; change: string; bytes: number | null }[]).map(
      ({ path, change, bytes }) => `${change} ${path} ${bytes}`,
    );
  expect(files("staged")).toEqual(["modified src/b 7", "deleted src/d null"]);
  expect(files("unstaged")).toEqual(["modified e.txt 9", "modified src/b 12", "modified src/c 7"]);
  expect(files("untracked")).toEqual(["added empty 0", "added \ufffd\n 4"]);
  expect(shown["commits"]).toEqual([expect.stringContaining("work on SPEC-001") as string]);
  const refs = world.git(["for-each-ref"]);
  expect(await must(world, `${restore} --dry-run`)).toMatchObject({
    dry_run: true,
    entry: 1,
    detached: false,
  });
  expect([existsSync(world.worktree("SPEC-001")), world.git(["for-each-ref"])]).toEqual([false, refs]);
  await must(world, restore);
  expect(seen(world)).toEqual(before);
  expect(leftovers(world)).toEqual([]);
  expect(mergeRecords(world).open).toEqual([]);
  const folder = join(world.repository, ".worktrees");
  expect(readdirSync(folder)).toEqual(["SPEC-001"]);

  // What a removal could not delete is nobody's; what bears such a name without one is a person's.
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const [done] = query<{ id: string }>(
    database,
    "select id from journal where operation = 'worktree remove'",
  );
  const [left, other] = [`.trash-${done?.id ?? ""}`, ".trash-OP-other"];
  for (const name of [left, other]) world.write(`${name}/x`, "x", folder);
  expect((await world.calm(["doctor", "--fix", "--dry-run"])).out).toContain(`delete: ${join(folder, left)}`);
  const { data } = await operate(world, "worktree health --fix");
  expect(data["fixed"]).toMatchObject([{ kind: "leftover_folder", path: join(folder, left) }]);
  expect(data["issues"]).toMatchObject([{ kind: "orphan_folder", path: join(folder, other) }]);
  expect(readdirSync(folder)).toEqual([other, "SPEC-001"]);
});

test("W2: HEAD and branch come back each at its commit; a rebase under way goes on; what holds the name is told", async () => {
  const world = await mergeWorld();
  const head = await mergeable(world, "SPEC-001", { "src/a": "ours\n" });
  const tree = world.worktree("SPEC-001");
  world.git(["checkout", "--quiet", "--detach", "main"], tree);
  const loose = world.commit({ "src/loose": "x\n" }, "on no branch", tree);
  await must(world, remove);
  expect(await must(world, restore)).toMatchObject({ head: loose, detached: true, branch: "SPEC-001" });
  expect(world.git(["rev-parse", "HEAD", "SPEC-001"], tree).split("\n")).toEqual([loose, head]);
  expect(() => world.git(["symbolic-ref", "HEAD"], tree)).toThrow();
  await refused(world, restore, [5, "already_exists", /has a worktree/, "restore SPEC-001 --entry 1"]);

  world.git(["checkout", "--quiet", "SPEC-001"], tree);
  world.commit({ "src/a": "theirs\n" }, "theirs");
  expect(() => world.git(["rebase", "--quiet", "main"], tree)).toThrow();
  const before = seen(world);
  expect(await must(world, remove)).toMatchObject({ kept: "refs/calm/attic/SPEC-001/2" });
  world.git(["gc", "--quiet", "--prune=now"]);
  world.git(["branch", "SPEC-001"]);
  await refused(world, restore, [5, "branch_exists", /A branch SPEC-001 exists/, "git branch -m SPEC-001"]);
  world.git(["branch", "-D", "SPEC-001"]);
  world.write(".worktrees/SPEC-001/mine", "x");
  await refused(world, restore, [5, "branch_exists", /is no worktree/, "mv "]);
  world.git(["clean", "-ffdxq", ".worktrees"]);
  expect((await must(world, "worktree attic show SPEC-001"))["under_way"]).toBe("rebase-merge");
  await must(world, restore);
  expect(seen(world)).toEqual(before);
  world.commit({ "src/a": "solved\n" }, "solved", tree);
  world.git(["rebase", "--continue"], tree);
  expect(world.git(["symbolic-ref", "HEAD"], tree)).toBe("refs/heads/SPEC-001");
});

test("snapshots of earlier versions come back; landed and deleted tasks; entries are dropped for good", async () => {
  const world = await mergeWorld();
  const head = await mergeable(world, "SPEC-001", { "src/a": "committed\n" });
  await must(world, remove);
  // What calm kept before it kept the index file: HEAD, the index and the files as commits.
  const old = [
    "-c",
    "user.name=calm",
    "-c",
    "user.email=calm@localhost",
    "commit-tree",
    `${head}^{tree}`,
    "-p",
    head,
  ];
  const own = { GIT_COMMITTER_NAME: "calm", GIT_COMMITTER_EMAIL: "calm@localhost" };
  const gitAsCalm = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: world.repository,
      env: { ...world.env, ...own },
      encoding: "utf8",
    }).trim();
  const index = gitAsCalm(...old, "-m", "index of: calm: worktree of SPEC-001 as it was removed");
  const files = gitAsCalm(
    "commit-tree",
    "main^{tree}",
    "-p",
    head,
    "-p",
    index,
    "-m",
    "calm: worktree of SPEC-001",
  );
  world.git(["update-ref", "refs/calm/attic/SPEC-001/2", files]);
  putIntoPhase(world, "SPEC-001", "DONE");
  const answer = await operate(world, restore);
  expect([answer.data["entry"], answer.warnings]).toEqual([
    2,
    [expect.stringContaining("SPEC-001 is DONE") as string],
  ]);
  const tree = world.worktree("SPEC-001");
  expect(world.git(["rev-parse", "HEAD"], tree)).toBe(head);
  expect(world.git(["status", "--porcelain"], tree)).toMatch(/^ D changelog[^]* M src\/a$/);

  await must(world, "task delete SPEC-001 --force --yes");
  const again = "calm task create SPEC-001 <title> && calm worktree restore SPEC-001 --entry 3";
  await refused(world, restore, [3, "task_not_found", /SPEC-001.*still keeps work/, again]);
  expect(await must(world, "worktree attic show SPEC-001 3")).toMatchObject({ task_exists: false });
  const { err } = await world.calm(["worktree", "attic", "show", "SPEC-001", "3"]);
  expect(err).toContain(again.replace(" && ", "\nnext: "));
  expect((await must(world, "worktree attic list SPEC-001"))["entries"]).toHaveLength(3);
  await refused(world, "worktree attic drop SPEC-001 3", [
    4,
    "needs_yes",
    /4 unstaged.*never restored/,
    "--yes",
  ]);
  expect(await must(world, "worktree attic drop SPEC-001 3 --dry-run")).toMatchObject({ dry_run: true });
  const { commit } = await must(world, "worktree attic drop SPEC-001 3 --yes");
  expect(world.git(["cat-file", "-t", String(commit)])).toBe("commit");
  await refused(world, "worktree attic show SPEC-001 3", [3, "attic_entry_not_found", /1, 2/, "attic list"]);
  expect(world.git(["for-each-ref", "--format=%(refname)", "refs/calm/attic"]).split("\n")).toHaveLength(2);
  const third = `git update-ref refs/calm/attic/SPEC-001/3 ${String(commit)}`;
  await refused(world, "undo", [4, "beyond_undo", /dropped refs\/calm\/attic\/SPEC-001\/3/, third]);
});
