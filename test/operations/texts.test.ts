import { expect, test } from "vitest";
import { mergeable, mergeConfig, mergeWorld, during } from "../support/mergeable.ts";
import { putInto } from "../support/operate.ts";
import type { World } from "../support/world.ts";

/** What a command must print, line by line from the first; on stderr after an error. */
interface Row {
  readonly line: string;
  readonly says: readonly (string | RegExp)[];
  readonly exit?: number;
  readonly stdin?: string;
  /** What is done past calm before. */
  readonly before?: (world: World) => unknown;
}

const workerId = /^W-\w+$/;
const spec = "# Spec\n\nWords.\n";

/** The texts that scripts of the original's users read (ORIGINAL.md, section 1), in an order that brings each about. */
const texts: readonly Row[] = [
  { line: "task list", says: ["No tasks found."] },
  { line: "worktree list", says: ["No worktrees found."] },
  { line: "worker list", says: ["No workers found."] },
  { line: "status", says: ["CALM System Status", /^Project: /, "Status: HEALTHY"] },
  { line: "status health", says: ["System Health", "Status: HEALTHY"] },
  { line: "task create SPEC-001 Subtract", says: ["Created feature: SPEC-001 (phase: SPEC)"] },
  { line: "task create BUG-001 Broken --type bug", says: ["Created bug: BUG-001 (phase: REPORTED)"] },
  {
    line: "task show SPEC-001",
    says: ["Task: SPEC-001", "Title: Subtract", "Type: feature", "Phase: SPEC"],
  },
  { line: "task show SPEC-9", says: ["error: Task SPEC-9 not found"], exit: 3 },
  { line: "task update SPEC-001 --notes seen", says: ["Updated task SPEC-001 (phase: SPEC)"] },
  { line: "task update SPEC-001", says: [/^error: /], exit: 2 },
  {
    line: "task transition SPEC-001 IMPLEMENT",
    says: ["error: Invalid transition: SPEC -> IMPLEMENT for feature"],
    exit: 2,
  },
  { line: "task delete BUG-001 --yes", says: ["Deleted task BUG-001"] },
  { line: "gate list", says: ["Gate Requirements by Transition"] },
  { line: "review list SPEC-001", says: ["No reviews found."] },
  {
    line: "worktree create SPEC-001",
    says: [/^Created worktree: \/.*\/\.worktrees\/SPEC-001$/, "Branch: SPEC-001"],
  },
  { line: "worktree path SPEC-001", says: [/^\/.*\/\.worktrees\/SPEC-001$/] },
  { line: "worker start SPEC-001 reviewer", says: [workerId] },
  { line: "worker start SPEC-001 spec-reviewer", says: [workerId] },
  {
    line: "review record SPEC-001 spec changes_requested",
    says: ["Recorded spec review: changes_requested", "Previous reviews cleared - review cycle restarted"],
    before: (world) =>
      world.commit({ "planning_docs/SPEC-001/spec.md": spec }, "spec", world.worktree("SPEC-001")),
  },
  { line: "review record SPEC-001 spec approved --worker $1", says: ["Recorded spec review: approved"] },
  { line: "review check SPEC-001 spec", says: ["FAIL: 1/2 spec reviews approved"], exit: 1 },
  {
    line: "gate check SPEC-001 SPEC-DESIGN",
    says: [
      ...["Gate Check: SPEC-DESIGN", /^Task: /, /^Commit: [0-9a-f]{40}$/, ""],
      ...["[PASS] spec_exists", /^ {4}\S/, "[FAIL] spec_reviews", /^ {4}\S/, "", "GATE FAILED"],
    ],
    exit: 1,
  },
  { line: "review record SPEC-001 spec approved --worker $2", says: ["Recorded spec review: approved"] },
  { line: "review check SPEC-001 spec", says: ["PASS: 2/2 spec reviews approved"] },
  {
    line: "gate check SPEC-001 SPEC-DESIGN",
    says: [
      ...["Gate Check: SPEC-DESIGN", /^Task: /, /^Commit: [0-9a-f]{40}$/, ""],
      ...["[PASS] spec_exists", /^ {4}\S/, "[PASS] spec_reviews", /^ {4}\S/, "", "GATE PASSED"],
    ],
  },
  { line: "task transition SPEC-001 DESIGN", says: ["Transitioned SPEC-001 to DESIGN"] },
  { line: "review clear SPEC-001 --yes", says: ["Cleared 3 reviews for SPEC-001"] },
  { line: "worker complete $1", says: [/^Worker W-\w+ marked as completed$/] },
  { line: "worker fail $2 --reason tired", says: [/^Worker W-\w+ marked as failed$/] },
  {
    line: "worktree merge SPEC-002 --check-only",
    says: ["No merge conflicts detected."],
    before: (world) => mergeable(world, "SPEC-002"),
  },
  {
    line: "worktree merge SPEC-002",
    says: ["Merged SPEC-002 to main", /^Commit: [0-9a-f]{40}$/],
    before: (world) => {
      putInto(world, "SPEC-002", "INTEGRATE");
    },
  },
  {
    line: "counter list",
    says: ["merge_lock = 0", "merges_since_docs = 1", "merges_since_e2e = 1"],
  },
  { line: "counter get merges_since_e2e", says: ["1"] },
  { line: "counter set merge_lock 5", says: ["Set merge_lock = 5"] },
  { line: "counter reset merge_lock", says: ["Reset merge_lock to 0"] },
  { line: "counter add custom 5", says: ["Created counter custom = 5"] },
  { line: "counter increment custom", says: ["custom = 6"] },
  { line: "counter increment", says: [/^error: /], exit: 2 },
  { line: "task next-id SPEC", says: ["SPEC-003"] },
  { line: "worker cleanup", says: ["Marked 0 stale workers"] },
  { line: "session list", says: ["No sessions found."] },
  { line: "session pending", says: ["No pending handoff."] },
  {
    line: "session save --continue",
    stdin: "go on\n",
    says: [/^Saved session: S-\w+$/, "Marked for continuation"],
  },
  {
    line: "session show",
    says: [/^Session: /, /^Saved: /, /^Continuation: /, "--- Handoff Content ---", "go on"],
  },
  { line: "backup list", says: ["No backups found."] },
  { line: "backup create before", says: ["Created backup before"] },
  { line: "backup auto", says: [/^Created backup auto_/] },
  { line: "backup restore before --yes", says: [/^Restored before/] },
  { line: "task lst", says: [/^error: /], exit: 2 },
];

test("the texts and exit codes that scripts of the original's users rely on", async () => {
  const config = mergeConfig.replace("gates:\n", "gates:\n  SPEC-DESIGN: { approval: none }\n");
  const world = await mergeWorld({ ".calm/config.yaml": config });
  const workers: string[] = [];
  for (const { line, says, exit = 0, stdin, before } of texts) {
    await before?.(world);
    const words = line
      .split(" ")
      .map((word) => (word.startsWith("$") ? (workers[Number(word[1]) - 1] ?? "") : word));
    const ran = await world.calm(words, { ...during(world), ...(stdin !== undefined && { stdin }) });
    const printed = (exit > 1 ? ran.err : ran.out).split("\n");
    if (line.startsWith("worker start")) workers.push(printed[0] ?? "");
    expect([line, ran.exitCode], ran.err).toEqual([line, exit]);
    for (const [index, text] of says.entries()) {
      if (typeof text === "string") expect([line, printed[index]]).toEqual([line, text]);
      else expect(printed[index], line).toMatch(text);
    }
  }
});

test("a shell inside the worktree is told where to go", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  const inside = world.worktree("SPEC-001");
  const { err, exitCode } = await world.calm(["worktree", "remove", "SPEC-001"], { cwd: inside });
  expect([exitCode, err]).toEqual([
    4,
    `error: Cannot proceed: your shell is inside the worktree (${inside}).\nhint: Run:\n  cd ${world.repository}\nthen retry.\n`,
  ]);
});
