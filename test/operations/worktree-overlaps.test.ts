import { expect, test } from "vitest";
import { mergeable, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, refused } from "../support/operate.ts";

test("what another worktree has committed, staged, edited or added is compared with what a task will touch", async () => {
  const world = await mergeWorld({ "src/c": "c\n", "lib/deep/d": "d\n", "lib/deep/e.md": "e\n" });
  await mergeable(world, "OTHER", { "src/a": "committed\n" });
  const tree = world.worktree("OTHER");
  world.write("src/b", "staged\n", tree);
  world.git(["add", "src/b"], tree);
  world.write("src/c", "edited\n", tree);
  world.write("lib/deep/new", "untracked\n", tree);
  const create = async (task: string, touches: string): Promise<unknown> => {
    await must(world, ["task", "create", task, "Title", "--touches", touches]);
    const answer = await operate(world, `worktree create ${task} --check-overlaps`);
    const { overlaps } = (answer.error?.details ?? answer.data) as { overlaps: { files: string[] }[] };
    return [answer.exitCode, overlaps.flatMap(({ files }) => files)];
  };
  expect(await create("ALL", "src,lib/")).toEqual([4, ["lib/deep/new", "src/a", "src/b", "src/c"]]);
  expect(await create("FILE", "./src/a")).toEqual([4, ["src/a"]]);
  expect(await create("BESIDE", "src/aa,li,lib/deep/d,deep")).toEqual([0, []]);
  await refused(world, "worktree create FILE --check-overlaps", [
    4,
    "overlapping_work",
    /FILE would touch what others change: OTHER changes src\/a$/,
    "calm task show OTHER",
  ]);
  const forced = await operate(world, "worktree create FILE --check-overlaps --force");
  expect([forced.exitCode, forced.warnings, forced.data["overlaps"]]).toEqual([
    0,
    ["OTHER changes src/a"],
    [{ task: "OTHER", files: ["src/a"] }],
  ]);
  // What has landed is on the default branch; a worktree that is left of it is no work.
  putIntoPhase(world, "OTHER", "VERIFY");
  expect(await create("LATER", "src/b")).toEqual([0, []]);
});

test("a task's documents may say what it touches; one that says nothing is told so", async () => {
  const world = await mergeWorld({
    "planning_docs/NAMED/spec.md": "# Spec\n\nChanges `src/a`, and src/b.\n",
    "planning_docs/ALIKE/spec.md": "# Spec\n\nsrc/ab, src/a.js, my/src/a, ../src/a and src/a/b.\n",
  });
  await mergeable(world, "OTHER", { "src/a": "mine\n", "src/b": "mine\n" });
  for (const task of ["NAMED", "ALIKE", "SILENT"]) await must(world, ["task", "create", task, "Title"]);
  const { details } = await refused(world, "worktree create NAMED --check-overlaps", [
    ...[4, "overlapping_work", /src\/a, src\/b/],
    "calm task show OTHER",
  ] as const);
  expect(details["overlaps"]).toEqual([{ task: "OTHER", files: ["src/a", "src/b"] }]);
  expect((await must(world, "worktree create ALIKE --check-overlaps"))["overlaps"]).toEqual([]);
  const silent = await operate(world, "worktree create SILENT --check-overlaps");
  expect(silent.warnings).toEqual([expect.stringContaining("calm task update SILENT --touches")]);
});
