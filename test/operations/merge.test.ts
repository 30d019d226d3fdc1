import { describe, expect, test } from "vitest";
import {
  during,
  everything,
  leftovers,
  mergeable,
  mergeConfig,
  mergeRecords,
  mergeWorld,
  putIntoPhase,
  runsOf,
} from "../support/mergeable.ts";
import { must, mustByPerson, operate, phaseOf, refused, startWorker } from "../support/operate.ts";
import { long } from "../support/samples.ts";

const merge = "worktree merge SPEC-001";

describe.concurrent("worktree merge", () => {
  test("lands a feature: two parents, trailers, phase, counters; branch, worktree and pin are gone", async () => {
    const world = await mergeWorld();
    const old = world.git(["rev-parse", "main"]);
    const head = await mergeable(world, "SPEC-001");
    world.git(["tag", "SPEC-001", old]); // M12: a tag must not be taken for the branch
    const data = await must(world, merge, during(world));
    expect(data).toMatchObject({ mode: "merge", passed: true, phase: "VERIFY", removed: true, due: [] });
    const run = data["gate_run"] as number;
    expect(world.git(["log", "-1", "--format=%P%n%B", "main"])).toBe(
      `${old} ${head}\nMerge task SPEC-001: Title of SPEC-001\n\nCalm-Task: SPEC-001\nCalm-Op: OP-${/OP-(\w+)/.exec(world.git(["log", "-1", "--format=%B", "main"]))?.[1] ?? ""}\nCalm-Gate-Run: ${run}`,
    );
    expect(data["commit"]).toBe(world.git(["rev-parse", "main"]));
    expect(world.git(["status", "--porcelain"])).toBe("");
    expect(world.git(["branch", "--list", "SPEC-001"])).toBe("");
    expect(world.git(["worktree", "list"]).split("\n")).toHaveLength(1);
    expect(leftovers(world)).toEqual([]);
    expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
    const shown = await world.json(["task", "show", "SPEC-001"]);
    expect(shown).toMatchObject({ phase: "VERIFY", worktree_path: null });
    expect(world.git(["reflog", "-1", "--format=%gs", "main"])).toBe("calm: merge SPEC-001");
    await refused(world, merge, [
      4,
      "wrong_phase",
      /is in VERIFY; a feature is merged from INTEGRATE/,
      "task show",
    ]);
  });

  test("what passed in a clean room is not run again while main does not move", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    await must(world, "gate check SPEC-001", during(world));
    expect(runsOf(world)).toBe(1);
    const data = await must(world, merge, during(world));
    expect(runsOf(world)).toBe(1);
    const { checks } = await world.json(["gate", "log", String(data["gate_run"])]);
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: "tests",
        room: "clean",
        message: expect.stringContaining("cached from run 1") as string,
      }),
    );
    // The clean room is used again by the next task.
    await mergeable(world, "SPEC-002");
    await must(world, "worktree merge SPEC-002", during(world));
    expect(runsOf(world)).toBe(2);
    const slots = (await import("node:fs")).readdirSync(`${world.env["CALM_HOME"] ?? ""}/slots`, {
      recursive: true,
      encoding: "utf8",
    });
    expect(slots.filter((path) => /^[^/]+\/\d+$/.test(path))).toHaveLength(1);
  });

  test("M15: a semantic conflict is red; main and task stay, the log is named", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "assert/uses": "grep -q old src/name\n", "src/name": "old\n" });
    await must(world, merge, during(world));
    await mergeable(world, "SPEC-002", { "src/name": "new\n", "assert/uses": "grep -q new src/name\n" });
    world.commit({ "assert/more": "grep -q old src/name\n" }, "uses the old name");
    const before = everything(world);
    const answer = await operate(world, "worktree merge SPEC-002", during(world));
    expect(answer.exitCode).toBe(1);
    expect(answer.data).toMatchObject({ passed: false, phase: "INTEGRATE", removed: false });
    expect(answer.data["failed"]).toEqual([
      { check: "tests", message: expect.stringMatching(/exit code 1; log: \//) as string },
    ]);
    expect(answer.err).toContain(`calm gate log ${String(answer.data["gate_run"])}`);
    expect(everything(world)).toEqual(before);
    expect(leftovers(world)).toEqual([]);
    expect(mergeRecords(world)).toMatchObject({ merges: 1, open: [] });
    const log = await world.calm(["gate", "log", String(answer.data["gate_run"]), "tests"]);
    expect(log.exitCode).toBe(0);
  });

  test("a conflict: exit 5, and not a byte has changed", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { "src/a": "one\nhere\nthree\n" });
    world.commit({ "src/a": "one\nthere\nthree\n" }, "the same line");
    world.write("README.md", "edited");
    world.write("mine", "mine");
    world.git(["add", "mine"]);
    const before = everything(world);
    const checked = await operate(world, `${merge} --check-only`);
    expect([checked.exitCode, checked.data["conflicts"]]).toEqual([1, ["src/a"]]);
    const dry = await operate(world, `${merge} --dry-run`);
    expect([dry.exitCode, dry.data["mode"]]).toEqual([1, "dry_run"]);
    const error = await refused(world, merge, [
      5,
      "merge_conflict",
      /conflicts with main in src\/a/,
      " merge main",
    ]);
    expect(error.details).toMatchObject({ files: ["src/a"], branch: "main" });
    expect(everything(world)).toEqual(before);
    expect(leftovers(world)).toEqual([]);
    expect(runsOf(world)).toBe(0);
  });

  test("--check-only and --dry-run of a clean merge say so and change nothing", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    const before = everything(world);
    expect(await must(world, `${merge} --check-only`)).toMatchObject({ mode: "check", passed: true });
    expect(await must(world, `${merge} --dry-run`)).toMatchObject({ mode: "dry_run", passed: true });
    expect(everything(world)).toEqual(before);
    expect(phaseOf(world, "SPEC-001")).toBe("INTEGRATE");
    expect((await world.calm(merge.split(" ").concat("--dry-run"))).out).toContain("Would check the merge");
    await must(world, "task create SPEC-002 Other");
    await refused(world, "worktree merge SPEC-002 --check-only", [
      3,
      "worktree_not_found",
      /no worktree/,
      "worktree create",
    ]);
  });

  test("is refused in another phase, with a dirty worktree, while merging is locked", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    putIntoPhase(world, "SPEC-001", "TEST");
    await refused(world, merge, [4, "wrong_phase", /is in TEST/, "task show SPEC-001"]);
    putIntoPhase(world, "SPEC-001", "INTEGRATE");
    world.write("src/loose", "x", world.worktree("SPEC-001"));
    await refused(world, merge, [4, "dirty_worktree", /src\/loose/, "git -C"]);
    world.git(["clean", "-fdq", "src"], world.worktree("SPEC-001"));
    await must(world, "counter set merge_lock 1");
    await refused(world, merge, [4, "merge_locked", /merge_lock is 1/, "calm counter reset merge_lock"]);
    await refused(world, `${merge} --force`, [4, "needs_person", /Only a person/, `calm ${merge} --force`]);
    await mustByPerson(world, `${merge} --force`, "SPEC-001");
    const { events } = await world.json(["log"]);
    expect(JSON.stringify(events)).toContain("although merging was locked");
  });

  long("guarded paths need a person's approval of exactly this change", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001", { ".github/workflows/ci.yml": "on: push\n" });
    await refused(world, merge, [
      4,
      "guarded_change",
      /\.github\/workflows\/ci\.yml/,
      "calm approve SPEC-001 merge",
    ]);
    await mustByPerson(world, "approve SPEC-001 merge", "SPEC-001");
    world.commit({ ".github/workflows/ci.yml": "on: [push]\n" }, "more", world.worktree("SPEC-001"));
    await refused(world, merge, [4, "guarded_change", /ci\.yml/, "calm approve"]);
    await mustByPerson(world, "approve SPEC-001 merge", "SPEC-001");
    await must(world, merge, during(world));
  });

  long("code that changed after its review does not land; reviews of it do not count", async () => {
    const world = await mergeWorld({ ".calm/config.yaml": mergeConfig.replace("reviews: 0", "reviews: 1") });
    await mergeable(world, "SPEC-001");
    const worker = await startWorker(world, "SPEC-001", "reviewer");
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
    world.commit({ "src/more": "unreviewed\n" }, "more", world.worktree("SPEC-001"));
    const before = everything(world);
    const answer = await operate(world, merge, during(world));
    expect(answer.exitCode).toBe(1);
    expect(answer.data["failed"]).toEqual([
      { check: "code_reviews", message: expect.stringContaining("1 outdated") as string },
    ]);
    expect(everything(world)).toEqual(before);
    const { reviews } = await world.json(["review", "list", "SPEC-001"]);
    expect(reviews).toMatchObject([{ state: "outdated" }]);
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
    await must(world, merge, during(world));
  });

  test("a bug goes to MERGED and DONE in one; an override stands in the merge commit for ever", async () => {
    const world = await mergeWorld({
      ".calm/config.yaml": mergeConfig.replace("INTEGRATE-VERIFY", "TESTED-MERGED"),
    });
    await must(world, "task create BUG-001 Broken");
    await must(world, "worktree create BUG-001");
    const tree = world.worktree("BUG-001");
    world.commit({ "changelog.d/BUG-001.md": "Fixed.\n", "src/b": "fixed\n" }, "fix", tree);
    putIntoPhase(world, "BUG-001", "TESTED");
    await mustByPerson(
      world,
      "task override BUG-001 TESTED-MERGED --check regression_test --reason none",
      "BUG-001",
    );
    const data = await must(world, "worktree merge BUG-001", during(world));
    expect(data).toMatchObject({ phase: "DONE", passed: true });
    expect(world.git(["log", "-1", "--format=%(trailers:key=Calm-Override,valueonly)", "main"])).toBe(
      "TESTED-MERGED regression_test by ann",
    );
    const { history } = await world.json(["task", "show", "BUG-001"]);
    expect((history as { to_phase: string }[]).slice(-2)).toMatchObject([
      { to_phase: "MERGED", kind: "merge" },
      { to_phase: "DONE", kind: "merge" },
    ]);
  });

  long("a bug that was taken over in MERGED ends by its gate, a person's word and a transition", async () => {
    const world = await mergeWorld();
    await must(world, "task create BUG-001 Old");
    putIntoPhase(world, "BUG-001", "MERGED");
    const override = "task override BUG-001 MERGED-DONE --check merge_reachable --reason seen";
    const why = await must(world, "why BUG-001");
    expect(why["steps"]).toEqual([
      { what: expect.stringContaining(`calm ${override.replace("seen", '"…"')}`) as string, command: null },
      { what: "Run the gate", command: "calm gate check BUG-001 MERGED-DONE" },
      { what: "Move it to DONE", command: "calm task transition BUG-001 DONE" },
    ]);
    await refused(world, "task transition BUG-001 DONE", [4, "gate_not_run", /not been run/, "MERGED-DONE"]);
    expect((await operate(world, "gate check BUG-001", during(world))).exitCode).toBe(1);
    await mustByPerson(world, override, "BUG-001");
    const checked = await must(world, "gate check BUG-001", during(world));
    expect(checked["next"]).toBe("calm task transition BUG-001 DONE");
    expect(await must(world, "task transition BUG-001 DONE")).toMatchObject({ phase: "DONE" });
  });

  long("the twelfth merge says which batch job is due", async () => {
    const world = await mergeWorld();
    await must(world, "counter set merges_since_e2e 11");
    await mergeable(world, "SPEC-001");
    const data = await must(world, merge, during(world));
    expect(data["due"]).toEqual([expect.stringMatching(/merges_since_e2e is 12/) as string]);
  });
});
