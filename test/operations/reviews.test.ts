import { expect, test } from "vitest";
import { must, operate, putInto, refused, runGate, startWorker, trivialWorld } from "../support/operate.ts";
import { long } from "../support/samples.ts";
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
  expect(await states(world, "spec")).toEqual(["superseded", "superseded", "changes_requested"]);
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

long("a review of code outlives a changelog and a rebase, and no changed line", async () => {
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

long("a mode, a rename, a binary and a submodule's commit are content of a review", async () => {
  const { world, tree } = await written();
  putInto(world, "SPEC-001", "CODE_REVIEW");
  world.commit({ "src/sub.js": "exports.sub = (a, b) => a - b;\n", "logo.png": "\u0000one\n" }, "code", tree);
  await must(world, approve(await startWorker(world, "SPEC-001", "reviewer"), "code"));
  const touch = async (change: () => void): Promise<unknown> => {
    change();
    world.git(["commit", "--quiet", "--message", "touch"], tree);
    // A person's settings may hide a submodule's change.
    world.git(["config", "diff.ignoreSubmodules", "all"]);
    const seen = await states(world, "code");
    world.git(["config", "--unset", "diff.ignoreSubmodules"]);
    world.git(["reset", "--quiet", "--hard", "HEAD~1"], tree);
    return seen;
  };
  const commit = world.git(["rev-parse", "main"]);
  const changes: Record<string, () => void> = {
    mode: () => world.git(["update-index", "--chmod=+x", "src/sub.js"], tree),
    rename: () => world.git(["mv", "src/sub.js", "src/minus.js"], tree),
    binary: () => {
      world.write("logo.png", "\u0000two\n", tree);
      world.git(["add", "logo.png"], tree);
    },
    submodule: () => world.git(["update-index", "--add", "--cacheinfo", `160000,${commit},module`], tree),
  };
  for (const [what, change] of Object.entries(changes)) {
    expect([what, await touch(change)]).toEqual([what, ["outdated"]]);
  }
  expect(await states(world, "code")).toEqual(["counts"]);
});

test("nobody reviews what its own line has built, whoever of them started whom", async () => {
  const { world } = await written();
  const not = (message: RegExp) =>
    [4, "reviewer_not_allowed", message, "Let whoever leads the work start a reviewer"] as const;
  const warned: string[][] = [];
  const startedBy = async (starter: string, role: string): Promise<string> => {
    const { data, warnings } = await operate(world, ["worker", "start", "SPEC-001", role], {
      env: { CALM_WORKER: starter },
    });
    warned.push([...warnings]);
    return data["id"] as string;
  };
  const coder = await startWorker(world, "SPEC-001", "backend");
  const own = await startedBy(coder, "reviewer");
  // Told at once, and not after the review.
  expect(warned).toEqual([
    [
      expect.stringMatching(
        new RegExp(
          `^Worker ${own} was started by ${coder}.* refused\\. .*calm worker start SPEC-001 reviewer$`,
        ),
      ),
    ],
  ]);
  await refused(world, approve(own), not(new RegExp(`${own} was started by ${coder}, which is backend`)));
  const further = await startedBy(own, "spec-reviewer");
  await refused(world, approve(further), not(new RegExp(`was started by ${coder}`)));
  // A name that is given says nothing about who asks.
  const renamed = await must(world, "worker start SPEC-001 qa --actor user:lead", {
    env: { CALM_WORKER: coder },
  });
  await refused(world, approve(renamed["id"] as string), not(/was started by/));
  for (const done of [own, further]) await must(world, `worker complete ${done}`);
  const lead = await startWorker(world, "SPEC-001", "reviewer");
  await must(world, approve(await startedBy(lead, "reviewer")));
  const fixer = await startedBy(lead, "frontend");
  expect(warned.map(({ length }) => length)).toEqual([1, 1, 0, 0]);
  await refused(world, approve(lead), not(new RegExp(`${lead} started ${fixer}, which is frontend`)));
});

test("who recorded a review for another is shown", async () => {
  const { world } = await written();
  const one = await startWorker(world, "SPEC-001", "reviewer");
  const two = await startWorker(world, "SPEC-001", "qa");
  await must(world, approve(one), { env: { CALM_WORKER: one } });
  await must(world, approve(two), { env: { CALM_WORKER: one } });
  await must(world, "review record SPEC-001 spec approved");
  const { out } = await world.calm(["review", "list", "SPEC-001"], { env: { COLUMNS: "160" } });
  const recorded = out
    .split("\n")
    .slice(1, 4)
    .map((line) => /counts +(\S*:\S+)? +\d*m?/.exec(line)?.[1]);
  expect(recorded).toEqual([undefined, `worker:${one}`, undefined]);
  const shown = await world.calm(["task", "show", "SPEC-001"]);
  expect(shown.out).toContain(`${two} (recorded by worker:${one})`);
  expect(shown.out).not.toContain(`${one} (recorded by`);
});

long("a subtask without a spec of its own has its parent's reviews", async () => {
  const { world } = await written();
  await must(world, "task create SPEC-001-1 Part --spec SPEC-001");
  const reviewer = await startWorker(world, "SPEC-001", "reviewer");
  const other = await startWorker(world, "SPEC-001", "qa");
  const told = "SPEC-001-1 has the spec of its parent SPEC-001";
  const recorded = await operate(world, `review record SPEC-001-1 spec approved --worker ${reviewer}`);
  expect([recorded.data["task_id"], recorded.err.includes(told)]).toEqual(["SPEC-001", true]);
  await must(world, approve(other));
  const checked = await operate(world, "review check SPEC-001-1 spec");
  expect(checked.data).toMatchObject({ owner: "SPEC-001", approved: 2, passed: true });
  expect(checked.err).toContain(told);
  const { out } = await world.calm(["review", "list", "SPEC-001-1"]);
  expect(out).toMatch(/^TASK .*\nSPEC-001 +1 +spec +approved .* counts .*\nSPEC-001 +2 /);
  await refused(world, "review clear SPEC-001-1", [4, "needs_yes", /Void 2 reviews of SPEC-001\?/, "--yes"]);
  const cleared = await world.calm(["review", "clear", "SPEC-001-1", "spec", "--yes"]);
  expect(cleared.out).toBe("Cleared 2 reviews for SPEC-001\n");
  expect(await states(world, "spec")).toEqual(["voided", "voided"]);
  await must(world, "worktree create SPEC-001-1");
  const tree = world.worktree("SPEC-001-1");
  world.commit({ "planning_docs/SPEC-001-1/spec.md": "# Own\n\nOwn words.\n" }, "own", tree);
  // With a document of its own, the parent's reviews are no concern of it any more.
  expect(await must(world, "review list SPEC-001-1")).toMatchObject({ reviews: [] });
});
