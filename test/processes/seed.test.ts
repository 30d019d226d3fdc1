import { expect, test } from "vitest";
import { operations } from "../../src/operations/index.ts";
import { realCalm } from "../support/real-calm.ts";
import { createWorld, type Ran, type World } from "../support/world.ts";

const config = `version: 1
worker_ttl: 24h
gates:
  SPEC-DESIGN: { approval: none }
  DESIGN-IMPLEMENT: { approval: none }
checks:
  tests: { run: "sh test/run.sh", report: { format: junit, path: "report.xml" } }
  lint: { none: "no linter" }
  types: { none: "shell" }
`;

/** Runs each test and writes a JUnit report: a test runner that costs next to nothing. */
const runner = `failed=0
{
  echo '<testsuites><testsuite name="all">'
  for one in test/*.test.sh; do
    echo "<testcase name=\\"$one\\">"
    sh $one || { failed=1; echo '<failure message="no"/>'; }
    echo '</testcase>'
  done
  echo '</testsuite></testsuites>'
} > report.xml
exit $failed
`;

const files: Readonly<Record<string, string>> = {
  ".calm/config.yaml": config,
  ".gitignore": "report.xml\n",
  "test/run.sh": runner,
  "test/true.test.sh": "true\n",
  "src/answer": "41\n",
};

interface Step {
  /** The operation; the words that follow it stand in `line`, where `$1` is the first worker. */
  readonly name: string;
  readonly line?: string;
  readonly exit?: number;
  readonly says?: RegExp;
  readonly stdin?: string;
  readonly before?: (world: World) => unknown;
}

const document = (text: string): string => `# It\n\n${text}\n`;

const commitIn =
  (task: string, change: Readonly<Record<string, string>>) =>
  (world: World): unknown =>
    world.commit(change, "work", world.worktree(task));

const bugReport = ["Summary", "Reproduction Steps", "Expected", "Actual", "Root Cause", "Fix Plan"]
  .map((title) => `## ${title}\n\nAbout ${title}.\n`)
  .join("\n");

const beginning: readonly Step[] = [
  { name: "init" },
  { name: "trust", line: "--yes" },
  { name: "status", says: /CALM System Status/ },
  { name: "status health", says: /Status: HEALTHY/ },
  { name: "task create", line: "SPEC-001 Answer" },
  { name: "task create", line: "BUG-001 Wrong --type bug" },
  { name: "task create", line: "SPEC-002 Part --spec SPEC-001" },
  { name: "task list", line: "--phase SPEC --type feature", says: /SPEC-002/ },
  { name: "task show", line: "SPEC-001" },
  { name: "task update", line: "SPEC-001 --specialist backend --notes seen --blocked-by BUG-001" },
  {
    name: "task update",
    line: "SPEC-001 --phase DESIGN",
    exit: 4,
    says: /calm task transition SPEC-001 DESIGN/,
  },
  { name: "task delete", line: "SPEC-002 --yes" },
  { name: "gate list" },
  { name: "worker start", line: "SPEC-001 reviewer" },
  { name: "worker start", line: "SPEC-001 spec-reviewer" },
  { name: "worker start", line: "BUG-001 reviewer" },
  { name: "worker start", line: "BUG-001 qa" },
  { name: "worker list" },
  { name: "worker context", line: "SPEC-001 backend", says: /SPEC-001/ },
  { name: "worker prompt", line: "backend" },
  { name: "worktree create", line: "SPEC-001" },
  { name: "worktree create", line: "BUG-001 --check-overlaps --force" },
  { name: "worktree list", says: /SPEC-001/ },
  { name: "worktree path", line: "SPEC-001" },
  { name: "worktree health", line: "--fix --dry-run" },
];

const bug: readonly Step[] = [
  {
    name: "gate check",
    line: "BUG-001 REPORTED-INVESTIGATED",
    before: commitIn("BUG-001", { "bug_reports/BUG-001.md": bugReport }),
  },
  { name: "task transition", line: "BUG-001 INVESTIGATED --gate-result pass --gate-details seen" },
  {
    name: "gate check",
    line: "BUG-001 INVESTIGATED-FIXED",
    before: commitIn("BUG-001", {
      "src/answer": "42\n",
      "test/answer.test.sh": 'test "$(cat src/answer)" = 42\n',
      "changelog.d/BUG-001.md": "The answer is right.\n",
    }),
  },
  { name: "task transition", line: "BUG-001 FIXED" },
  { name: "review record", line: "BUG-001 bugfix approved --worker $3" },
  { name: "review record", line: "BUG-001 bugfix approved --worker $4 --notes good" },
  { name: "gate check", line: "BUG-001 FIXED-REVIEWED" },
  { name: "task transition", line: "BUG-001 REVIEWED" },
  { name: "gate check", line: "BUG-001 REVIEWED-TESTED" },
  { name: "task transition", line: "BUG-001 TESTED" },
  { name: "worktree merge", line: "BUG-001 --skip-sync", says: /Merged BUG-001 to main/ },
  { name: "task list", line: "--phase DONE", says: /BUG-001/ },
];

const reviews = (type: string): readonly Step[] => [
  { name: "review record", line: `SPEC-001 ${type} approved --worker $1` },
  { name: "review record", line: `SPEC-001 ${type} approved --worker $2` },
];

const feature: readonly Step[] = [
  {
    name: "review record",
    line: "SPEC-001 spec changes_requested --worker $1 --notes more",
    before: commitIn("SPEC-001", { "planning_docs/SPEC-001/spec.md": document("What.") }),
  },
  ...reviews("spec"),
  { name: "review list", line: "SPEC-001 spec", says: /counts/ },
  { name: "review check", line: "SPEC-001 spec", says: /^PASS: 2\/2 spec reviews approved/ },
  { name: "gate check", line: "SPEC-001 SPEC-DESIGN" },
  { name: "task transition", line: "SPEC-001 DESIGN" },
  {
    ...{ name: "review record", line: "SPEC-001 proposal approved" },
    before: commitIn("SPEC-001", { "planning_docs/SPEC-001/proposal.md": document("How.") }),
  },
  { name: "review clear", line: "SPEC-001 proposal --yes" },
  ...reviews("proposal"),
  { name: "gate check", line: "SPEC-001 DESIGN-IMPLEMENT" },
  { name: "task transition", line: "SPEC-001 IMPLEMENT" },
  {
    ...{ name: "gate check", line: "SPEC-001 IMPLEMENT-CODE_REVIEW" },
    before: commitIn("SPEC-001", { "src/question": "?\n", "changelog.d/SPEC-001.md": "A question.\n" }),
  },
  { name: "task transition", line: "SPEC-001 CODE_REVIEW" },
  ...reviews("code"),
  { name: "gate check", line: "SPEC-001 CODE_REVIEW-TEST" },
  { name: "task transition", line: "SPEC-001 TEST" },
  { name: "gate check", line: "SPEC-001 TEST-INTEGRATE" },
  { name: "task transition", line: "SPEC-001 INTEGRATE" },
  { name: "worktree merge", line: "SPEC-001 --check-only", says: /No merge conflicts detected/ },
  { name: "worktree merge", line: "SPEC-001 --force", exit: 4 },
  { name: "worktree merge", line: "SPEC-001", says: /Merged SPEC-001 to main/ },
  { name: "gate check", line: "SPEC-001 VERIFY-DONE" },
  { name: "task transition", line: "SPEC-001 DONE" },
];

const end: readonly Step[] = [
  { name: "worker complete", line: "$1" },
  { name: "worker fail", line: "$2 --reason tired" },
  { name: "counter list", says: /merges_since_e2e = 2/ },
  { name: "counter get", line: "merge_lock", says: /^0$/m },
  { name: "counter set", line: "merge_lock 1" },
  { name: "counter reset", line: "merge_lock" },
  { name: "counter add", line: "own 5" },
  { name: "counter increment", line: "own", says: /6/ },
  { name: "status tasks" },
  { name: "status worktrees" },
  { name: "status workers" },
  { name: "status counters" },
  { name: "task create", line: "SPEC-009 Later" },
  { name: "worktree create", line: "SPEC-009" },
  { name: "worktree remove", line: "SPEC-009" },
  { name: "session save", line: "--continue", stdin: "# Next\n\nGo on.\n", says: /Saved session: / },
  { name: "session save", line: "--no-auto-commit", stdin: "# Other\n" },
  { name: "session list" },
  { name: "session show", line: "$session", says: /Go on/ },
  { name: "session pending" },
  { name: "session next-commands" },
  { name: "session resume", says: /Go on/ },
  { name: "backup create", line: "before" },
  { name: "backup auto" },
  { name: "backup list", says: /before/ },
  { name: "backup restore", line: "before --yes" },
];

const steps = [...beginning, ...bug, ...feature, ...end];
const known = new Set(operations.map(({ name }) => name));

test("every command of the seed is there", () => {
  expect(steps.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});

const asProcesses = process.env["CALM_TEST_PROCESSES"] === "1";

/** In this process, where one of its own would add nothing but time; CALM_TEST_PROCESSES=1 takes the program. */
async function run(world: World, argv: readonly string[], stdin: string | undefined): Promise<Ran> {
  if (!asProcesses) return world.calm(argv, stdin === undefined ? {} : { stdin });
  const ended = await realCalm(argv, { cwd: world.repository, env: world.env }, stdin ?? "");
  return { ...ended, exitCode: ended.exitCode ?? -1 };
}

test(
  "the seed's commands, as written there: a bug and a feature from the first word to DONE",
  async () => {
    const world = createWorld(files);
    const workers: string[] = [];
    let session = "";
    for (const { name, line = "", exit = 0, says = /(?:)/, stdin, before } of steps) {
      if (!known.has(name)) continue;
      await before?.(world);
      const filled = line
        .replace(/\$(\d)/, (_, number) => workers[Number(number) - 1] ?? "")
        .replace("$session", session);
      const argv = [...name.split(" "), ...filled.split(" ")].filter((word) => word !== "");
      const ran = await run(world, argv, stdin);
      expect([argv.join(" "), ran.exitCode], ran.out + ran.err).toEqual([argv.join(" "), exit]);
      expect(ran.out + ran.err, argv.join(" ")).toMatch(says);
      if (name === "worker start") workers.push(ran.out.trim());
      session ||= /Saved session: (\S+)/.exec(ran.out)?.[1] ?? "";
    }
    const { tasks } = await world.json(["task", "list", "--include-done"]);
    const phases = (tasks as { id: string; phase: string }[]).map(({ id, phase }) => `${id} ${phase}`);
    expect(phases.sort()).toEqual(["BUG-001 DONE", "SPEC-001 DONE", "SPEC-009 SPEC"]);
  },
  asProcesses ? 600_000 : 60_000,
);
