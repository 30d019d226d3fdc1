import { expect, test } from "vitest";
import {
  must,
  mustByPerson,
  operate,
  phaseOf,
  putInto,
  refused,
  runGate,
  startWorker,
  trivialConfig,
  trivialWorld,
} from "../support/operate.ts";
import type { World } from "../support/world.ts";

const spec = (task: string) => `planning_docs/${task}/spec.md`;
const written = "# Spec\n\nIt subtracts.\n";

test("documents are read from the commit, never from the working tree", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  world.write(spec("SPEC-001"), written);
  const absent = await runGate(world, "gate check SPEC-001", false);
  expect(absent.checks["spec_exists"]?.message).toBe(
    "planning_docs/SPEC-001/spec.md is not committed on main. Write it and commit it",
  );
  world.commit({}, "spec");
  world.write(spec("SPEC-001"), "");
  const { checks } = await runGate(world, "gate check SPEC-001", false);
  expect(checks["spec_exists"]?.message).toBe("planning_docs/SPEC-001/spec.md has 1 lines of content");
  const worker = await startWorker(world, "SPEC-001", "reviewer");
  const review = await must(world, `review record SPEC-001 spec approved --worker ${worker}`);
  expect(review["content"]).toBe(world.git(["rev-parse", `HEAD:${spec("SPEC-001")}`]));
});

test("a template is no document, and comments are no content", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.git(["add", "--all"], tree);
  world.git(["commit", "--quiet", "--message", "templates"], tree);
  const only = /holds only the template. Fill it in and commit it/;
  const untouched = await runGate(world, "gate check SPEC-001", false);
  expect(untouched.checks["spec_exists"]?.message).toMatch(only);
  world.commit({ [spec("SPEC-001")]: "# Spec\n\n## Problem\n\n<!-- it is\nbad -->\n" }, "comment", tree);
  expect((await runGate(world, "gate check SPEC-001", false)).checks["spec_exists"]?.message).toMatch(only);
});

test("a bug's report is read section by section", async () => {
  const world = await trivialWorld();
  await must(world, "task create BUG-001 Crash");
  await must(world, "worktree create BUG-001");
  const tree = world.worktree("BUG-001");
  const missing = await runGate(world, "gate check BUG-001", false);
  expect(missing.checks["bug_report"]?.message).toContain("bug_reports/BUG-001.md is not committed");
  world.commit({}, "the template", tree);
  const template = await runGate(world, "gate check BUG-001", false);
  expect(template.checks["bug_report"]?.message).toBe(
    'bug_reports/BUG-001.md: nothing under "Reproduction Steps", "Expected", "Actual". Fill it in and commit it',
  );
  expect(template.checks["root_cause"]?.message).toContain('nothing under "Root Cause"');
  const report = [
    "# BUG-001: Crash",
    ...[
      "## Reproduction Steps",
      "```sh",
      "# Expected",
      "node .",
      "```",
      "## Expected:",
      "3",
      "## Actual",
      "4",
    ],
    ...["## Root Cause", "<!-- not yet -->", "## Fix Plan", "### Change src/add.js", ""],
  ];
  world.commit({ "bug_reports/BUG-001.md": report.join("\n") }, "report", tree);
  const { checks } = await runGate(world, "gate check BUG-001", false);
  expect(checks["bug_report"]?.verdict).toBe("pass");
  expect(checks["root_cause"]?.message).toContain('nothing under "Root Cause"');
  expect(checks["fix_plan"]?.verdict).toBe("pass");
  world.commit(
    { "bug_reports/BUG-001.md": report.join("\n").replace("<!-- not yet -->", "a typo") },
    "why",
    tree,
  );
  await runGate(world, "gate check BUG-001", true);
  await must(world, "task transition BUG-001 INVESTIGATED");
});

async function reviewed(world: World, task: string, type: string): Promise<void> {
  for (const role of ["reviewer", "qa"]) {
    const worker = await startWorker(world, task, role);
    await must(world, `review record ${task} ${type} approved --worker ${worker}`);
  }
}

test("a subtask without documents of its own is gated on its parent's", async () => {
  const world = await trivialWorld(trivialConfig.replace("SPEC-DESIGN: { approval: none }", ""));
  await must(world, "task create SPEC-001 Parent");
  await must(world, "worktree create SPEC-001");
  const parentTree = world.worktree("SPEC-001");
  world.commit({ [spec("SPEC-001")]: written }, "spec", parentTree);
  await must(world, "task create SPEC-002 Child --spec SPEC-001");
  expect((await must(world, "worktree create SPEC-002"))["templates"]).toEqual([]);
  const before = await runGate(world, "gate check SPEC-002", false);
  expect(before.checks["spec_exists"]?.message).toContain("(of the parent SPEC-001)");
  expect(before.checks["spec_reviews"]?.message).toContain("calm review record SPEC-001 spec approved");
  await reviewed(world, "SPEC-001", "spec");
  const { next } = await runGate(world, "gate check SPEC-002", true);
  expect(next).toBe("calm approve SPEC-002 SPEC-DESIGN");
  await mustByPerson(world, "approve SPEC-001 SPEC-DESIGN", "SPEC-001");
  expect((await runGate(world, "gate check SPEC-002", true)).next).toBe(
    "calm task transition SPEC-002 DESIGN",
  );
  expect((await must(world, "task show SPEC-002"))["next"]).toBe("calm task transition SPEC-002 DESIGN");
  await must(world, "task transition SPEC-002 DESIGN");
  // Its own document takes the parent's place, with reviews of its own.
  await must(world, ["task", "transition", "SPEC-002", "SPEC", "--back", "--reason", "needs its own"]);
  world.commit({ [spec("SPEC-002")]: "# Child\n\nOnly this part.\n" }, "own", world.worktree("SPEC-002"));
  const own = await runGate(world, "gate check SPEC-002", false);
  expect(own.checks["spec_exists"]?.message).toBe("planning_docs/SPEC-002/spec.md has 1 lines of content");
  expect(own.checks["spec_reviews"]?.message).toContain("0/2 spec reviews approved");
});

test("a parent is DONE with its subtasks, and not before", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Parent");
  putInto(world, "SPEC-001", "DESIGN");
  const none = await runGate(world, "gate check SPEC-001 DESIGN-DONE", false);
  expect(none.checks["subtasks_done"]?.message).toContain("calm gate check SPEC-001 DESIGN-IMPLEMENT");
  await must(world, "task create SPEC-002 Child --spec SPEC-001");
  await must(world, "task create SPEC-003 Child --spec SPEC-001");
  putInto(world, "SPEC-002", "DONE");
  const open = await runGate(world, "gate check SPEC-001", false);
  expect(open.checks["subtasks_done"]?.message).toBe("1 of 2 subtasks are open: SPEC-003");
  putInto(world, "SPEC-003", "DONE");
  await runGate(world, "gate check SPEC-001", true);
  expect((await must(world, "task show SPEC-001"))["next"]).toBe("calm task transition SPEC-001 DONE");
  await must(world, "task create SPEC-004 Late --spec SPEC-001");
  await refused(world, "task transition SPEC-001 DONE", [
    4,
    "blocked_task",
    /1 of 3 subtasks are open: SPEC-004/,
    "calm task list --spec SPEC-001 --include-done",
  ]);
  await refused(world, "task delete SPEC-001 --yes", [
    4,
    "blocks_others",
    /SPEC-001 is the parent of SPEC-002, SPEC-003, SPEC-004/,
    "calm task update SPEC-002 --spec ''",
  ]);
  await must(world, "task delete SPEC-004 --yes");
  await must(world, "task transition SPEC-001 DONE");
  expect(phaseOf(world, "SPEC-001")).toBe("DONE");
  await refused(world, "task transition SPEC-001 DESIGN --back --reason x", [
    4,
    "no_back_transition",
    /SPEC-001 is in DONE/,
    "calm task create BUG --next",
  ]);
  await refused(world, "gate check SPEC-001", [
    4,
    "wrong_phase",
    /there is no gate left/,
    "calm task show SPEC-001",
  ]);
});

test("a blocked task passes no gate that asks, not even after the gate has passed", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 First");
  await must(world, "task create SPEC-002 Second --blocked-by SPEC-001");
  await must(world, "worktree create SPEC-002");
  const tree = world.worktree("SPEC-002");
  world.commit({ [spec("SPEC-002")]: written, "planning_docs/SPEC-002/proposal.md": written }, "both", tree);
  putInto(world, "SPEC-002", "DESIGN");
  await reviewed(world, "SPEC-002", "proposal");
  expect((await must(world, "task show SPEC-002"))["next"]).toBe("calm why SPEC-001");
  const { checks } = await runGate(world, "gate check SPEC-002", false);
  expect(checks["not_blocked"]?.message).toContain("Blocked by SPEC-001: finish that first");
  await must(world, ["task", "update", "SPEC-002", "--blocked-by", ""]);
  await runGate(world, "gate check SPEC-002", true);
  await must(world, "task update SPEC-002 --blocked-by SPEC-001");
  await refused(world, "task transition SPEC-002 IMPLEMENT", [
    4,
    "blocked_task",
    /SPEC-002 is blocked by SPEC-001/,
    "calm task show SPEC-001",
  ]);
  putInto(world, "SPEC-001", "DONE");
  await must(world, "task transition SPEC-002 IMPLEMENT");
  const { exitCode } = await operate(world, "review check SPEC-002 proposal");
  expect(exitCode).toBe(0);
});
