import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  during,
  everything,
  gitThatFirst,
  leftovers,
  mergeable,
  mergeConfig,
  mergeRecords,
  mergeWorld,
  pausedTests,
  runsOf,
} from "../support/mergeable.ts";
import { must, operate, phaseOf, startWorker } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const merge = "worktree merge SPEC-001";
const elsewhere = "-c user.name=Bob -c user.email=bob@example.org";

/** A script that commits to main past its checkout, as somebody's push would. */
function movesMain(world: World, file: string): string {
  const git = `git -C ${world.repository} ${elsewhere}`;
  return [
    `export GIT_INDEX_FILE=${join(world.folder, "other-index")}`,
    `${git} read-tree main`,
    `blob=$(echo theirs | ${git} hash-object -w --stdin)`,
    `${git} update-index --add --cacheinfo 100644,$blob,${file}`,
    `commit=$(${git} commit-tree -p main -m "somebody else" $(${git} write-tree))`,
    `${git} update-ref refs/heads/main $commit`,
  ].join("; ");
}

describe.concurrent("while a merge is checked", () => {
  test("main moves: a new candidate is built on it, checked and landed", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    world.git(["checkout", "--quiet", "-b", "elsewhere"]);
    const once = join(world.folder, "once");
    const script = `[ -e ${once} ] || { : > ${once}; ${movesMain(world, "theirs")}; }`;
    await must(world, merge, during(world, script));
    expect(world.git(["log", "--format=%s", "--first-parent", "-2", "main"])).toBe(
      "Merge task SPEC-001: Title of SPEC-001\nsomebody else",
    );
    expect(runsOf(world)).toBe(2);
    expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
    expect(leftovers(world)).toEqual([]);
  });

  // Twenty merges: only where all points are taken.
  test.runIf(process.env["CALM_TEST_ALL_POINTS"] === "1")(
    "main moves again and again: it ends with advice",
    async () => {
      const world = await mergeWorld();
      await mergeable(world, "SPEC-001");
      world.git(["checkout", "--quiet", "-b", "elsewhere"]);
      const answer = await operate(world, merge, during(world, movesMain(world, "theirs-$$")));
      expect([answer.exitCode, answer.error?.code]).toEqual([5, "lost_race"]);
      expect(mergeRecords(world)).toEqual({ merges: 0, open: [], e2e: 0, docs: 0 });
      expect(leftovers(world)).toEqual([]);
    },
  );

  test("M16: the branch moves; M14: merge_lock is set; the task goes back; its reviews are voided", async () => {
    const world = await mergeWorld({
      ".calm/config.yaml": mergeConfig.replace("reviews: 0", "reviews: 1"),
    });
    await mergeable(world, "SPEC-001");
    const worker = await startWorker(world, "SPEC-001", "reviewer");
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
    const disturbed = async (disturb: () => unknown): Promise<unknown> => {
      const pause = pausedTests(world);
      const before = everything(world);
      const merging = operate(world, `${merge} --no-cache`, during(world, pause.script));
      await pause.reached();
      await disturb();
      pause.goOn();
      const answer = await merging;
      pause.reset();
      expect({ ...everything(world), refs: "" }).toEqual({ ...before, refs: "" });
      expect(mergeRecords(world).open).toEqual([]);
      expect(leftovers(world)).toEqual([]);
      return [answer.exitCode, answer.error?.code];
    };
    const lock = async (value: number) => must(world, `counter set merge_lock ${value}`);
    expect(await disturbed(() => lock(1))).toEqual([4, "merge_locked"]);
    await lock(0);
    // Reviews are counted after the commands have run.
    expect(await disturbed(() => must(world, "review clear SPEC-001 code --yes"))).toEqual([1, undefined]);
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
    const back = ["task", "transition", "SPEC-001", "IMPLEMENT", "--back", "--reason", "no"];
    const tree = world.worktree("SPEC-001");
    expect(await disturbed(() => world.commit({ "src/late": "late\n" }, "late", tree))).toEqual([
      4,
      "branch_moved",
    ]);
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
    expect(
      await disturbed(() => {
        world.write("src/loose", "x\n", tree);
      }),
    ).toEqual([4, "dirty_worktree"]);
    world.git(["clean", "-fdq", "src"], tree);
    expect(await disturbed(() => must(world, back))).toEqual([4, "wrong_phase"]);
  });

  test("the same task is merged three times at once: one merge, which all tell of, and it counts once", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    const answers = await Promise.all([1, 2, 3].map(() => operate(world, merge, during(world, "sleep 0.2"))));
    expect(answers.map(({ exitCode, error }) => [exitCode, error])).toEqual(
      [1, 2, 3].map(() => [0, undefined]),
    );
    const told = answers.map(({ data }) => ({ ...data, joined: undefined }));
    expect(told).toEqual([told[0], told[0], told[0]]);
    expect(answers.map(({ data }) => data["joined"]).sort()).toEqual([false, true, true]);
    expect(told[0]).toMatchObject({ passed: true, removed: true, commit: world.git(["rev-parse", "main"]) });
    expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
    expect(leftovers(world)).toEqual([]);
  });

  test("different tasks at once all land, each candidate checked on what main had become", async () => {
    const world = await mergeWorld();
    const tasks = ["SPEC-001", "SPEC-002", "SPEC-003"];
    for (const task of tasks) await mergeable(world, task);
    const answers = await Promise.all(
      tasks.map((task) => operate(world, `worktree merge ${task}`, during(world))),
    );
    expect(answers.map(({ exitCode, error }) => [exitCode, error])).toEqual(tasks.map(() => [0, undefined]));
    expect(mergeRecords(world)).toEqual({ merges: 3, open: [], e2e: 3, docs: 3 });
    expect(world.git(["rev-list", "--count", "--first-parent", "main"])).toBe("4");
    expect(world.git(["status", "--porcelain"])).toBe("");
    expect(leftovers(world)).toEqual([]);
    for (const task of tasks) expect(phaseOf(world, task)).toBe("VERIFY");
  });
});

describe.concurrent("while a merge is published", () => {
  test("M4: main moves between files and branch: the files follow what main is now, and the merge is built anew", async () => {
    const world = await mergeWorld({ "src/turns/inner": "i\n" });
    const work = { "src/a": "one\ntwo\nthree\nfour\n", "src/new/file": "n\n", theirs: "ours\n" };
    await mergeable(world, "SPEC-001", work);
    world.write("README.md", "edited\n");
    // The swap is the only one that goes through stdin with this reason.
    const env = {
      ...during(world).env,
      ...gitThatFirst(world, "calm: merge SPEC-001", movesMain(world, "src/b")),
    };
    await must(world, merge, { env });
    expect(world.git(["log", "--format=%s", "--first-parent", "-2", "main"])).toContain("somebody else");
    // Who moves main past its checkout leaves the checkout behind, for that one file; the merge adds nothing to it.
    expect(
      world
        .git(["status", "--porcelain"])
        .split("\n")
        .map((line) => line.slice(3))
        .sort(),
    ).toEqual(["README.md", "src/b"]);
    expect(leftovers(world)).toEqual([]);
    expect(mergeRecords(world)).toMatchObject({ merges: 1, open: [] });
  });

  test("M5: git cannot write a file: everything is as it was, and the task too", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "src/a": "changed\n", "src/z": "z\n" });
    world.write("README.md", "edited\n");
    const before = everything(world);
    // Half of the files written, one of them only begun.
    const script = `cd ${world.repository}; printf chan > src/a; printf '' > src/z; exit 1`;
    const env = { ...during(world).env, ...gitThatFirst(world, "read-tree -m -u", script) };
    const shim = join(world.folder, "shim/git");
    writeFileSync(shim, readFileSync(shim, "utf8").replace(">&2; fi", ">&2; exit 128; fi"), { mode: 0o755 });
    const answer = await operate(world, merge, { env });
    expect([answer.exitCode, answer.error?.code]).toEqual([8, "git_failed"]);
    expect(everything(world)).toEqual(before);
    expect(leftovers(world)).toEqual([]);
    expect(mergeRecords(world)).toEqual({ merges: 0, open: [], e2e: 0, docs: 0 });
    await must(world, merge, during(world));
  });

  test("a person's bytes that appear meanwhile are left alone, and told", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "src/a": "changed\n", "src/z": "z\n" });
    const script = `cd ${world.repository}; echo mine > src/a; echo mine > src/z`;
    const env = { ...during(world).env, ...gitThatFirst(world, "read-tree -m -u", script) };
    const answer = await operate(world, merge, { env });
    expect([answer.exitCode, answer.error?.code]).toEqual([8, "git_failed"]);
    expect(answer.err + answer.warnings.join()).toContain("src/a");
    expect(readFileSync(join(world.repository, "src/a"), "utf8")).toBe("mine\n");
    expect(readFileSync(join(world.repository, "src/z"), "utf8")).toBe("mine\n");
    expect(world.git(["status", "--porcelain"])).toBe(" M src/a\n?? src/z");
    expect(leftovers(world)).toEqual([]);
  });

  test("the checkout is switched between files and branch: its files go back", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "src/a": "changed\n" });
    const script = `git -C ${world.repository} symbolic-ref HEAD refs/heads/other; git -C ${world.repository} update-ref refs/heads/other main`;
    const env = { ...during(world).env, ...gitThatFirst(world, "read-tree -m -u", script) };
    const answer = await operate(world, merge, { env });
    expect([answer.exitCode, answer.error?.code]).toEqual([4, "checkout_in_the_way"]);
    expect(world.git(["status", "--porcelain"])).toBe("");
    expect(leftovers(world)).toEqual([]);
  });
});
