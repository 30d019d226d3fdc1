import { describe, expect, test } from "vitest";
import {
  must,
  mustByPerson,
  phaseOf,
  putInto,
  refused,
  runGate,
  startWorker,
  trivialConfig,
  trivialWorld,
} from "../support/operate.ts";
import type { World } from "../support/world.ts";

const document = "# It\n\nIt has to subtract.\n";

/** A feature with a worktree and a committed spec, two approvals of it, before SPEC-DESIGN. */
async function reviewedSpec(): Promise<{ world: World; tree: string }> {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ "planning_docs/SPEC-001/spec.md": document }, "spec", tree);
  for (const role of ["reviewer", "spec-reviewer"]) {
    const worker = await startWorker(world, "SPEC-001", role);
    await must(world, `review record SPEC-001 spec approved --worker ${worker}`);
  }
  return { world, tree };
}

describe("a transition", () => {
  test("needs a gate run, whatever is claimed", async () => {
    const { world } = await reviewedSpec();
    for (const line of [
      "task transition SPEC-001 DESIGN",
      "task transition SPEC-001 DESIGN --gate-result pass --gate-details done",
    ]) {
      await refused(world, line, [
        4,
        "gate_not_run",
        /SPEC-DESIGN of SPEC-001 has not been run/,
        "calm gate check SPEC-001 SPEC-DESIGN",
      ]);
    }
  });

  test("needs a run of the present content, by the present definition", async () => {
    const { world, tree } = await reviewedSpec();
    await runGate(world, "gate check SPEC-001", true);
    world.commit({ "planning_docs/SPEC-001/spec.md": `${document}More.\n` }, "more", tree);
    await refused(world, "task transition SPEC-001 DESIGN", [
      4,
      "gate_outdated",
      /Run 1 passed for spec:[0-9a-f]{7}, but the content is now spec:[0-9a-f]{7}/,
      "calm gate check SPEC-001 SPEC-DESIGN",
    ]);
    world.git(["checkout", "--quiet", "HEAD~1", "--", "planning_docs"], tree);
    world.git(["commit", "--quiet", "--message", "as it was"], tree);
    world.commit(
      { ".calm/config.yaml": "gates: { SPEC-DESIGN: { approval: none, reviews: 1 } }\n" },
      "config",
    );
    await refused(world, "task transition SPEC-001 DESIGN", [
      4,
      "gate_redefined",
      /another definition since run 1/,
      "calm gate check SPEC-001 SPEC-DESIGN",
    ]);
  });

  test("is anchored to the full commit where the gate looks at code", async () => {
    const world = await trivialWorld();
    await must(world, "task create SPEC-001 Subtract");
    putInto(world, "SPEC-001", "IMPLEMENT");
    await must(world, "worktree create SPEC-001");
    const tree = world.worktree("SPEC-001");
    const ran = world.commit({ "src/sub.js": "exports.sub = (a, b) => a - b;\n" }, "code", tree);
    await runGate(world, "gate check SPEC-001", true);
    const now = world.commit({ "notes.md": "only notes\n" }, "notes", tree);
    const error = await refused(world, "task transition SPEC-001 CODE_REVIEW", [
      4,
      "gate_outdated",
      new RegExp(`commit ${ran.slice(0, 7)}.*commit ${now.slice(0, 7)}`),
      "calm gate check SPEC-001 IMPLEMENT-CODE_REVIEW",
    ]);
    expect(error.details).toMatchObject({ run: 1, ran: `head:${ran}`, present: `head:${now}` });
    // An amended commit with the same tree is another commit all the same.
    world.git(["reset", "--quiet", "--hard", ran], tree);
    world.git(["commit", "--quiet", "--amend", "--message", "the same tree"], tree);
    await refused(world, "task transition SPEC-001 CODE_REVIEW", [
      4,
      "gate_outdated",
      /Run 1/,
      "calm gate check",
    ]);
    expect((await runGate(world, "gate check SPEC-001", true)).checks["tests"]?.message).toContain(
      "cached from run 1",
    );
    await must(world, "task transition SPEC-001 CODE_REVIEW");
  });

  test("is refused once the newest run failed", async () => {
    const { world } = await reviewedSpec();
    await runGate(world, "gate check SPEC-001", true);
    const cleared = await must(world, "review clear SPEC-001 spec --yes");
    expect(cleared["cleared"]).toBe(2);
    await refused(world, "task transition SPEC-001 DESIGN", [
      4,
      "reviews_missing",
      /0\/2 spec reviews approved/,
      "calm review list SPEC-001 spec",
    ]);
    const { run, checks } = await runGate(world, "gate check SPEC-001", false);
    expect(checks["spec_reviews"]).toMatchObject({ verdict: "fail" });
    await refused(world, "task transition SPEC-001 DESIGN", [
      4,
      "gate_failed",
      /run 2, is no pass: fail/,
      `calm gate log ${run}`,
    ]);
  });

  test("takes no other way than the table's", async () => {
    const { world } = await reviewedSpec();
    await refused(world, "task transition SPEC-001 TEST", [
      2,
      "unknown_transition",
      /SPEC -> TEST/,
      "From SPEC it goes to DESIGN",
    ]);
    await refused(world, "task transition SPEC-001 DESGIN", [
      2,
      "unknown_transition",
      /Unknown phase for a feature: DESGIN/,
      "Did you mean DESIGN?",
    ]);
    await refused(world, "task transition SPEC-001 FIXED", [
      2,
      "unknown_transition",
      /for a feature/,
      "SPEC, DESIGN",
    ]);
    await refused(world, "task transition SPEC-01 DESIGN", [
      3,
      "task_not_found",
      /SPEC-01 not found/,
      "Did you mean SPEC-001?",
    ]);
    await refused(world, "task update SPEC-001 --phase DESIGN", [
      4,
      "field_is_derived",
      /cannot be set/,
      "calm task transition SPEC-001 DESIGN",
    ]);
  });

  test("into VERIFY and MERGED is a merge's alone", async () => {
    const world = await trivialWorld();
    await must(world, "task create SPEC-001 Feature");
    await must(world, "task create BUG-001 Bug");
    putInto(world, "SPEC-001", "INTEGRATE");
    putInto(world, "BUG-001", "TESTED");
    await mustByPerson(world, "task override SPEC-001 INTEGRATE-VERIFY --reason no", "SPEC-001");
    await mustByPerson(world, "task override BUG-001 TESTED-MERGED --reason no", "BUG-001");
    for (const line of [
      "task transition SPEC-001 VERIFY",
      "task transition SPEC-001 VERIFY --gate-result pass",
      "task transition BUG-001 MERGED",
    ]) {
      const id = line.split(" ")[2] ?? "";
      await refused(world, line, [
        4,
        "moved_by_merge",
        /cannot be made by hand/,
        `calm worktree merge ${id}`,
      ]);
    }
    await refused(world, "task transition BUG-001 DONE", [
      2,
      "unknown_transition",
      /TESTED -> DONE/,
      "From TESTED it goes to MERGED",
    ]);
  });
});

describe("going back", () => {
  test("voids passes and reviews from there on, and needs a reason", async () => {
    const { world } = await reviewedSpec();
    await runGate(world, "gate check SPEC-001", true);
    await must(world, "task transition SPEC-001 DESIGN");
    await refused(world, "task transition SPEC-001 SPEC --back", [
      2,
      "invalid_input",
      /needs a reason/,
      '--back --reason "<why>"',
    ]);
    await refused(world, "task transition SPEC-001 IMPLEMENT --back --reason x", [
      2,
      "unknown_transition",
      /IMPLEMENT is not before DESIGN/,
      "calm task transition SPEC-001 IMPLEMENT",
    ]);
    const back = await must(world, [
      "task",
      "transition",
      "SPEC-001",
      "SPEC",
      "--back",
      "--reason",
      "too thin",
    ]);
    expect(back).toMatchObject({ phase: "SPEC", recorded: "transition" });
    const shown = await must(world, "task show SPEC-001");
    expect(shown["history"]).toContainEqual(
      expect.objectContaining({ kind: "back", from_phase: "DESIGN", gate_details: "too thin" }),
    );
    // The pass is taken back, so the way on is the gate again and not the transition.
    expect(shown["next"]).toBe("calm gate check SPEC-001 SPEC-DESIGN");
    expect(shown["gate_runs"]).toEqual([
      expect.objectContaining({ verdict: "pass", voided_at: expect.any(String) as unknown }),
    ]);
    expect(shown["reviews"]).toEqual([
      expect.objectContaining({ void_reason: "went back to SPEC" }),
      expect.objectContaining({ void_reason: "went back to SPEC" }),
    ]);
    await refused(world, "task transition SPEC-001 DESIGN", [
      4,
      "gate_not_run",
      /has not been run/,
      "calm gate check",
    ]);
    expect((await runGate(world, "gate check SPEC-001", false)).checks["spec_reviews"]?.message).toContain(
      "0/2 spec reviews approved",
    );
  });

  test("keeps what was proven before the phase it goes back to", async () => {
    const { world, tree } = await reviewedSpec();
    world.commit({ "src/sub.js": "exports.sub = 1;\n" }, "code", tree);
    putInto(world, "SPEC-001", "IMPLEMENT");
    const coder = await startWorker(world, "SPEC-001", "qa");
    await must(world, `review record SPEC-001 code approved --worker ${coder}`);
    await must(world, ["task", "transition", "SPEC-001", "DESIGN", "--back", "--reason", "wrong plan"]);
    expect((await must(world, "review check SPEC-001 spec"))["approved"]).toBe(2);
    const answer = await world.calm(["review", "check", "SPEC-001", "code"]);
    expect([answer.exitCode, answer.out.trim()]).toEqual([1, "FAIL: 0/2 code reviews approved"]);
  });
});

test("a failed attempt is history and moves nothing", async () => {
  const { world } = await reviewedSpec();
  const attempt = await must(world, [
    ...["task", "transition", "SPEC-001", "DESIGN"],
    ...["--gate-result", "fail", "--gate-details", "no numbers in it"],
  ]);
  expect(attempt).toMatchObject({ phase: "SPEC", recorded: "failed_attempt" });
  expect((await must(world, "task show SPEC-001"))["history"]).toContainEqual(
    expect.objectContaining({ kind: "attempt", gate_result: "fail", gate_details: "no numbers in it" }),
  );
  expect(phaseOf(world, "SPEC-001")).toBe("SPEC");
});

test("what a project added to a gate is asked again as the gate's own conditions are", async () => {
  const added = "IMPLEMENT-CODE_REVIEW: { add: [code_reviews, not_blocked] }";
  const world = await trivialWorld(trivialConfig.replace("gates:\n", `gates:\n  ${added}\n`));
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "task create SPEC-002 Before");
  putInto(world, "SPEC-001", "IMPLEMENT");
  await must(world, "worktree create SPEC-001");
  world.commit({ "src/sub.js": "exports.sub = 1;\n" }, "code", world.worktree("SPEC-001"));
  const approve = async (): Promise<void> => {
    for (const role of ["reviewer", "qa"]) {
      const worker = await startWorker(world, "SPEC-001", role);
      await must(world, `review record SPEC-001 code approved --worker ${worker}`);
      await must(world, `worker complete ${worker}`);
    }
  };
  await approve();
  await runGate(world, "gate check SPEC-001", true);
  await must(world, "review clear SPEC-001 --yes");
  const move = "task transition SPEC-001 CODE_REVIEW";
  await refused(world, move, [4, "reviews_missing", /0\/2 code reviews/, "calm review list SPEC-001 code"]);
  await approve();
  await must(world, "task update SPEC-001 --blocked-by SPEC-002");
  await refused(world, move, [4, "blocked_task", /blocked by SPEC-002/, "calm task show SPEC-002"]);
  await must(world, ["task", "update", "SPEC-001", "--blocked-by", ""]);
  await must(world, move);
});
