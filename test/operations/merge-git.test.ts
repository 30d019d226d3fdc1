import { existsSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { during, everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import { long } from "../support/samples.ts";
import { watchGit } from "../support/watching-git.ts";
import type { World } from "../support/world.ts";

const merge = "worktree merge SPEC-001";
/** The reader may rest on a slow machine, and is then started once more: only its first start is told. */
const verbsOf = (lines: readonly string[]): (string | undefined)[] =>
  lines
    .map((line) => line.split(" ")[0])
    .filter((verb, index, all) => verb !== "cat-file" || all.indexOf(verb) === index);

/** A merge whose tree has passed its gate already: nothing but git and the records are left to do. */
async function verified(world: World, files: Readonly<Record<string, string>>): Promise<void> {
  await mergeable(world, "SPEC-001", files);
  await must(world, "gate check SPEC-001 INTEGRATE-VERIFY", during(world));
}

test("a creation starts one git, which adds the worktree; a verified merge starts the gits of decision 016", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-002 Other");
  const git = watchGit(world);
  await must(world, "worktree create SPEC-002", { env: git.env });
  expect(verbsOf(git.lines())).toEqual(["worktree"]);
  await verified(world, { "src/a": "one\n2\nthree\n", "src/new": "n\n" });
  // Only touched: git's index no longer knows that the file is as it was.
  utimesSync(join(world.repository, "src/b"), 1, 1);
  const { env } = during(world);
  await must(world, merge, { env: { ...env, ...git.env } });
  const lines = git.lines();
  // By name: some of them are started side by side.
  expect(verbsOf(lines).sort()).toEqual([
    ...["cat-file", "commit-tree", "config", "config", "diff-tree", "diff-tree", "read-tree"],
    ...["status", "status", "status", "status", "update-ref", "update-ref", "update-ref"],
  ]);
  expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
  expect([leftovers(world), world.git(["status", "--porcelain"])]).toEqual([[], ""]);
  expect(world.git(["for-each-ref", "--format=%(refname)"])).toBe("refs/heads/SPEC-002\nrefs/heads/main");
});

long("a file that was only touched is written over, and what was edited elsewhere stays", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\n2\nthree\n" });
  const git = watchGit(world);
  utimesSync(join(world.repository, "src/a"), 1, 1);
  world.write("src/b", "mine\n");
  const { env } = during(world);
  await must(world, merge, { env: { ...env, ...git.env } });
  expect(verbsOf(git.lines()).join(" ")).toContain("read-tree update-index read-tree");
  expect(readFileSync(join(world.repository, "src/a"), "utf8")).toBe("one\n2\nthree\n");
  expect(world.git(["status", "--porcelain"])).toBe(" M src/b");
});

long(
  "W1: what comes into the worktree while the branch moves brings it back, and the merge has landed",
  async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    const tree = world.worktree("SPEC-001");
    const { env } = watchGit(world, {
      at: "update-ref -m calm: merge SPEC-001",
      script: `echo mine > ${tree}/mine`,
    });
    const answer = await operate(world, merge, { env: { ...during(world).env, ...env } });
    expect([answer.exitCode, answer.data["removed"]], JSON.stringify(answer.error)).toEqual([0, false]);
    expect(answer.warnings.join("\n")).toContain("uncommitted changes: mine");
    expect(readFileSync(join(tree, "mine"), "utf8")).toBe("mine\n");
    expect(world.git(["status", "--porcelain"], tree)).toBe("?? mine");
    expect([phaseOf(world, "SPEC-001"), leftovers(world)]).toEqual(["VERIFY", []]);
    expect(mergeRecords(world)).toMatchObject({ merges: 1, open: [] });
  },
);

long(
  "a filter that comes up after the base was chosen, and fails, stops a merge before a file is touched",
  async () => {
    const world = await mergeWorld({ ".gitattributes": "*.big filter=big\n" });
    await mergeable(world, "SPEC-001", { "src/x.big": "x\n" });
    const before = everything(world);
    const git = `git -C ${world.repository}`;
    const settings = ["smudge false", "clean cat", "required true"].map(
      (one) => `${git} config filter.big.${one}`,
    );
    // Not before the candidate is there.
    const script = `${git} for-each-ref refs/calm/op | grep . && ${settings.join(" && ")}`;
    const { env } = watchGit(world, { at: "config", script });
    const { error } = await operate(world, merge, { env: { ...during(world).env, ...env } });
    expect(error?.message).toMatch(/src\/x\.big: smudge filter big failed/);
    expect([everything(world), existsSync(world.worktree("SPEC-001"))]).toEqual([before, true]);
    expect([mergeRecords(world), leftovers(world)]).toMatchObject([{ merges: 0, open: [] }, []]);
  },
);
