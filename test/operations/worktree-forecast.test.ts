import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { everything, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, refused, trivialConfig } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

/** Twenty lines, some of them changed. */
const lines = (changed: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 20 }, (_, line) => `${changed[line] ?? `line ${line}`}\n`).join("");

async function worldWith(tasks: readonly string[], files: Readonly<Record<string, string>>): Promise<World> {
  const world = createWorld({ ".calm/config.yaml": trivialConfig, ...files });
  for (const task of tasks) {
    await must(world, ["task", "create", task, "Title"]);
    await must(world, `worktree create ${task}`);
  }
  return world;
}

interface Told {
  readonly exitCode: number;
  readonly compared: readonly string[];
  readonly overlaps: readonly string[];
  readonly warnings: readonly string[];
}

/** Each overlap as `A+B path nearness …`. */
async function overlaps(world: World, line = "worktree overlaps"): Promise<Told> {
  const { exitCode, data, warnings } = await operate(world, line);
  const found = data["overlaps"] as { tasks: string[]; files: { path: string; nearness: string }[] }[];
  return {
    ...{ exitCode, warnings, compared: data["compared"] as string[] },
    overlaps: found.map(({ tasks, files }) =>
      [tasks.join("+"), ...files.map((file) => `${file.path} ${file.nearness}`)].join(" "),
    ),
  };
}

/** The names of all objects, packed or not. */
function objectsOf(world: World): readonly string[] {
  const args = ["cat-file", "--batch-check", "--batch-all-objects", "--unordered"];
  return world.git(args).split("\n").sort();
}

test("committed, staged, edited and new work of all worktrees is compared by file, by line and by a merge, without a trace", async () => {
  const world = await worldWith(["A", "B", "C", "D"], {
    ...{ f: lines(), g: lines(), "deep/h": lines(), same: lines(), gone: lines() },
  });
  const tree = (task: string): string => world.worktree(task);
  world.commit(
    { f: lines({ 3: "A" }), same: lines({ 9: "alike" }), "deep/h": lines({ 1: "A" }) },
    "A",
    tree("A"),
  );
  // Staged: the same line as A. Edited: another one. New: a file that C has as a folder.
  world.write("f", lines({ 3: "B" }), tree("B"));
  world.git(["add", "f"], tree("B"));
  world.write("same", lines({ 9: "alike" }), tree("B"));
  world.write("deep/h", lines({ 17: "B" }), tree("B"));
  world.write("new", "a file\n", tree("B"));
  world.write("new/below", "a folder\n", tree("C"));
  rmSync(join(tree("C"), "gone"));
  world.commit({ gone: lines({ 5: "changed" }) }, "D", tree("D"));
  const before = [everything(world), objectsOf(world)];
  expect(await overlaps(world)).toEqual({
    ...{ exitCode: 1, compared: ["A", "B", "C", "D"], warnings: [] },
    overlaps: [
      "A+B f conflict same same_lines deep/h same_file",
      expect.stringMatching(/^B\+C .*new\S* conflict/),
      "C+D gone conflict",
    ],
  });
  expect([everything(world), objectsOf(world)]).toEqual(before);
  expect((await overlaps(world, "worktree overlaps D")).overlaps).toEqual(["C+D gone conflict"]);
  // Only what conflicts is a no.
  for (const task of ["C", "D"]) putIntoPhase(world, task, "VERIFY");
  world.git(["checkout", "--quiet", "HEAD", "--", "f"], tree("B"));
  expect(await overlaps(world)).toMatchObject({
    ...{ exitCode: 0, compared: ["A", "B"], overlaps: ["A+B same same_lines deep/h same_file"] },
  });
  await refused(world, "worktree overlaps C", [
    3,
    "worktree_not_found",
    /C has no worktree/,
    "--check-overlaps",
  ]);
  await refused(world, "worktree overlaps NONE", [3, "task_not_found", /NONE/, "calm task"]);
});

test("work that stands on other work meets it only in what came after; old and merged forks, and hostile names, too", async () => {
  const odd = 'ö "quoted"\n\tname';
  const world = await worldWith(["A"], { f: lines(), [odd]: lines() });
  const tree = (task: string): string => world.worktree(task);
  world.commit({ f: lines({ 3: "A" }), [odd]: lines({ 3: "A" }) }, "A", tree("A"));
  for (const task of ["ON-A", "LATER"]) await must(world, ["task", "create", task, "Title"]);
  await must(world, "worktree create ON-A --base A");
  expect((await overlaps(world)).overlaps).toEqual([]);
  world.write("f", lines({ 3: "A", 12: "on A" }), tree("ON-A"));
  expect((await overlaps(world)).overlaps).toEqual([]);
  world.write("f", lines({ 3: "A", 14: "A, later" }), tree("A"));
  expect((await overlaps(world)).overlaps).toEqual(["A+ON-A f same_file"]);
  // The default branch goes on, and A takes it in: two places where it left it, one of them the best.
  world.commit({ other: "1\n" }, "main goes on");
  world.git(["stash", "--quiet"], tree("A"));
  world.git(["merge", "--quiet", "--no-edit", "main"], tree("A"));
  await must(world, "worktree create LATER");
  world.write("other", "2\n", tree("LATER"));
  world.write(odd, lines({ 3: "LATER" }), tree("LATER"));
  const told = await overlaps(world, "worktree overlaps LATER");
  expect(told.overlaps).toEqual([`A+LATER ${odd} conflict`, `ON-A+LATER ${odd} conflict`]);
  const { out } = await world.calm(["worktree", "overlaps", "LATER"]);
  expect(out).not.toContain(odd);
});

test("a merge under way, a repository inside and a file that nobody may read: told, and the rest is compared all the same", async () => {
  const world = await worldWith(["A", "B", "C"], { f: lines(), g: lines() });
  const tree = (task: string): string => world.worktree(task);
  world.commit({ f: lines({ 3: "A" }), g: lines({ 3: "A" }) }, "A", tree("A"));
  world.commit({ f: lines({ 3: "B" }) }, "B", tree("B"));
  expect(() => world.git(["merge", "--quiet", "--no-edit", "A"], tree("B"))).toThrow();
  mkdirSync(join(tree("B"), "inner"));
  world.git(["init", "--quiet", join(tree("B"), "inner")]);
  expect((await overlaps(world)).overlaps).toEqual([expect.stringMatching(/^A\+B f conflict g same_lines /)]);
  rmSync(join(tree("C"), ".git"));
  writeFileSync(join(tree("C"), ".git"), "gitdir: /nowhere\n");
  const told = await overlaps(world);
  expect([told.compared, told.warnings]).toEqual([["A", "B"], [expect.stringContaining("worktree of C")]]);
  if (process.getuid?.() === 0) return; // root may read everything
  world.write("g", lines({ 9: "B" }), tree("B"));
  chmodSync(join(tree("B"), "g"), 0);
  expect((await overlaps(world)).warnings).toContainEqual(expect.stringContaining("by name only"));
});

test("worktree list says who is at work on the same files, and status remembers it without asking git", async () => {
  const world = await worldWith(["A", "B", "C"], { f: lines(), g: lines() });
  expect((await must(world, "status"))["overlaps"]).toEqual([]);
  world.commit({ f: lines({ 3: "A" }) }, "A", world.worktree("A"));
  world.write("f", lines({ 3: "B" }), world.worktree("B"));
  world.write("g", lines({ 3: "B" }), world.worktree("B"));
  world.write("g", lines({ 15: "C" }), world.worktree("C"));
  const met = async (): Promise<unknown> => {
    const { worktrees } = await must(world, "worktree list");
    return (worktrees as { overlaps: unknown }[]).map(({ overlaps }) => overlaps);
  };
  const [conflict, apart] = [[{ path: "f", nearness: "conflict" }], [{ path: "g", nearness: "same_file" }]];
  expect(await met()).toEqual([
    [{ task: "B", files: conflict }],
    [
      { task: "A", files: conflict },
      { task: "C", files: apart },
    ],
    [{ task: "B", files: apart }],
  ]);
  expect((await world.calm(["worktree", "list"])).out).toMatch(/B! .*\n.* A! C .*\n.* B /);
  const seen = async (): Promise<unknown[]> =>
    ((await must(world, "status"))["overlaps"] as { tasks: string[]; files: string[] }[]).map(
      ({ tasks, files }) => [tasks.join("+"), ...files],
    );
  expect(await seen()).toEqual([
    ["A+B", "f"],
    ["B+C", "g"],
  ]);
  expect((await world.calm(["status"])).out).toMatch(/overlap: A and B change f \(seen .*\)/);
  // What has landed, and what has gone, overlaps with nothing.
  putIntoPhase(world, "A", "VERIFY");
  expect(await seen()).toEqual([["B+C", "g"]]);
  await must(world, "worktree remove C --force --yes");
  expect(await seen()).toEqual([]);
});
