import { expect, test } from "vitest";
import { must, operate, putInto, refused, runGate, startWorker, trivialWorld } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const spec = "planning_docs/SPEC-001/spec.md";

/** A feature with a worktree and a committed spec. */
async function written(): Promise<{ world: World; tree: string }> {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ [spec]: "# Spec\n\nIt subtracts.\n" }, "spec", tree);
  return { world, tree };
}

const approve = (worker: string, type = "spec") =>
  `review record SPEC-001 ${type} approved --worker ${worker}`;

const states = async (world: World, type: string): Promise<unknown[]> => {
  const { reviews } = await must(world, `review list SPEC-001 ${type}`);
  return (reviews as { state: string }[]).map(({ state }) => state);
};

test("one reviewer counts once, whoever records it", async () => {
  const { world } = await written();
  const one = await startWorker(world, "SPEC-001", "reviewer");
  await must(world, approve(one));
  await refused(world, approve(one), [
    4,
    "duplicate_review",
    new RegExp(`${one} has approved this spec already \\(review 1\\)`),
    "calm worker start SPEC-001 reviewer",
  ]);
  const two = await startWorker(world, "SPEC-001", "qa");
  const other = `calm review record SPEC-001 spec approved --worker ${two}`;
  await refused(
    world,
    "review record SPEC-001 spec approved",
    [4, "duplicate_review", /approved this spec already/, other],
    { env: { CALM_WORKER: one } },
  );
  expect(await states(world, "spec")).toEqual(["counts"]);
  // The user of the machine is one reviewer, whatever name is given.
  await must(world, "review record SPEC-001 spec approved");
  const twice = [4, "duplicate_review", /user:ann has approved/, other] as const;
  await refused(world, "review record SPEC-001 spec approved --actor user:bob", twice);
  await refused(world, "review record SPEC-001 spec approved", twice, { env: { CALM_ACTOR: "user:bob" } });
});

test("only a reviewer of this task may review", async () => {
  const { world } = await written();
  await must(world, "task create SPEC-002 Other");
  const coder = await startWorker(world, "SPEC-001", "backend");
  const stranger = await startWorker(world, "SPEC-002", "reviewer");
  const hint = "Start a reviewer: calm worker start SPEC-001 reviewer";
  const not = (message: RegExp) => [4, "reviewer_not_allowed", message, hint] as const;
  await refused(world, approve(coder), not(/is backend on SPEC-001; only spec-reviewer/));
  await refused(world, "review record SPEC-001 spec approved", not(/is backend/), {
    env: { CALM_WORKER: coder },
  });
  await refused(world, approve(stranger), not(/works on SPEC-002, not on SPEC-001/));
  await refused(world, approve("W-nobody"), [3, "worker_not_found", /W-nobody/, "calm worker list"]);
  const given_up = await startWorker(world, "SPEC-001", "reviewer");
  await must(world, ["worker", "fail", given_up, "--reason", "no idea"]);
  await refused(world, approve(given_up), not(/is failed/));
  await refused(world, `worker complete ${given_up}`, [
    4,
    "worker_ended",
    /failed already/,
    "calm worker start SPEC-001",
  ]);
  const silent = await startWorker(world, "SPEC-001", "reviewer");
  await must(world, "worker cleanup --max-age-hours 0");
  await refused(world, approve(silent), [7, "stale_worker", /is stale/, `calm worker resume ${silent}`]);
  const done = await startWorker(world, "SPEC-001", "spec-reviewer");
  await must(world, `worker complete ${done}`);
  expect(await must(world, approve(done))).toMatchObject({ reviewer: done, superseded: 0 });
  await refused(world, "review record SPEC-001 spec perhaps", [
    2,
    "invalid_input",
    /is one of approved, changes/,
    "--help",
  ]);
  await refused(world, "review record SPEC-001 sepc approved", [
    2,
    "invalid_input",
    /sepc/,
    "Did you mean spec?",
  ]);
});

test("a review needs something committed to be bound to", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  const worker = await startWorker(world, "SPEC-001", "reviewer");
  const nothing = (what: RegExp, hint: string) => [4, "nothing_to_review", what, hint] as const;
  await refused(world, approve(worker), nothing(/no committed spec/, "calm worktree create SPEC-001"));
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.write(spec, "# Spec\n\nNot committed.\n", tree);
  await refused(world, approve(worker), nothing(/no committed spec/, `git -C ${tree} add -A`));
  await refused(
    world,
    approve(worker, "code"),
    nothing(/no committed change of code/, `git -C ${tree} add -A`),
  );
});

test("a requested change voids what was approved and starts a new cycle", async () => {
  const { world } = await written();
  const one = await startWorker(world, "SPEC-001", "reviewer");
  const two = await startWorker(world, "SPEC-001", "qa");
  await must(world, approve(one));
  await must(world, approve(two));
  const asked = await world.calm([
    "review",
    "record",
    "SPEC-001",
    "spec",
    "changes_requested",
    "--worker",
    two,
  ]);
  expect(asked.out).toBe(
    "Recorded spec review: changes_requested\nPrevious reviews cleared - review cycle restarted\n",
  );
  expect(await states(world, "spec")).toEqual(["voided", "voided", "changes_requested"]);
  const { reviews } = await must(world, "review list SPEC-001");
  expect((reviews as { void_reason: string }[])[0]?.void_reason).toBe(`superseded: ${two} requested changes`);
  const checked = await world.calm(["review", "check", "SPEC-001", "spec"]);
  expect([checked.exitCode, checked.out]).toEqual([1, "FAIL: 0/2 spec reviews approved\n"]);
  await must(world, approve(one));
  await must(world, approve(two));
  const again = await world.calm(["review", "check", "SPEC-001", "spec"]);
  expect([again.exitCode, again.out]).toEqual([0, "PASS: 2/2 spec reviews approved\n"]);
});

test("a changed document makes its reviews outdated", async () => {
  const { world, tree } = await written();
  await must(world, approve(await startWorker(world, "SPEC-001", "reviewer")));
  world.commit({ [spec]: "# Spec\n\nIt subtracts fast.\n" }, "fast", tree);
  expect(await states(world, "spec")).toEqual(["outdated"]);
  expect((await world.calm(["review", "list", "SPEC-001"])).out).toMatch(
    /outdated: [0-9a-f]{7} → [0-9a-f]{7}/,
  );
  const { checks } = await runGate(world, "gate check SPEC-001", false);
  expect(checks["spec_reviews"]?.message).toMatch(/0\/2 .*1 outdated, because the content changed since/);
  expect(checks["spec_reviews"]?.message).toContain("calm review record SPEC-001 spec approved");
});

test("clearing voids, keeps and asks", async () => {
  const { world } = await written();
  await must(world, approve(await startWorker(world, "SPEC-001", "reviewer")));
  await refused(world, "review clear SPEC-001", [4, "needs_yes", /Void 1 review of SPEC-001/, "--yes"]);
  expect(await must(world, "review clear SPEC-001 --dry-run")).toMatchObject({ cleared: 1, dry_run: true });
  expect(await states(world, "spec")).toEqual(["counts"]);
  await must(world, "review clear SPEC-001 spec --yes --reason rewritten");
  const { reviews } = await must(world, "review list SPEC-001");
  expect(reviews).toEqual([expect.objectContaining({ state: "voided", void_reason: "rewritten" })]);
});

test("a review of code outlives a changelog and a rebase, and no changed line", async () => {
  const { world, tree } = await written();
  putInto(world, "SPEC-001", "CODE_REVIEW");
  world.commit({ "src/sub.js": "exports.sub = (a, b) => a - b;\n" }, "code", tree);
  await must(world, approve(await startWorker(world, "SPEC-001", "reviewer"), "code"));
  world.commit(
    { "changelog.d/SPEC-001.md": "Added sub.\n", [spec]: "# Spec\n\nMore.\n", "CHANGELOG.md": "sub\n" },
    "changelog",
    tree,
  );
  expect(await states(world, "code")).toEqual(["counts"]);
  world.commit({ "src/other.js": "exports.other = 1;\n" }, "meanwhile on main");
  world.git(["rebase", "--quiet", "main"], tree);
  expect(await states(world, "code")).toEqual(["counts"]);
  world.commit({ "src/sub.js": "exports.sub = (a, b) => b - a;\n" }, "one line", tree);
  expect(await states(world, "code")).toEqual(["outdated"]);
  world.git(["revert", "--no-edit", "HEAD"], tree);
  expect(await states(world, "code")).toEqual(["counts"]);
  const { exitCode, data } = await operate(world, "review check SPEC-001 code");
  expect([exitCode, data["approved"], data["required"]]).toEqual([1, 1, 2]);
});
