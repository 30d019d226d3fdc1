import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import {
  must,
  mustByPerson,
  operate,
  putInto,
  runGate,
  trivialConfig,
  trivialWorld,
} from "../support/operate.ts";
import { atLength } from "../support/samples.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

interface Answer {
  readonly transition: string | null;
  readonly refusal: { readonly code: string } | null;
  readonly approval: string | null;
  readonly checks: readonly { readonly check: string; readonly state: string; readonly run: number | null }[];
  readonly blockers: readonly { readonly id: string; readonly waits_for: readonly string[] }[];
  readonly steps: readonly { readonly what: string; readonly command: string | null }[];
}

async function why(world: World, task: string): Promise<Answer> {
  return (await must(world, `why ${task}`)) as unknown as Answer;
}

const commandsOf = ({ steps }: Answer): readonly (string | null)[] => steps.map(({ command }) => command);
const stateOf = ({ checks }: Answer): Record<string, string> =>
  Object.fromEntries(checks.map(({ check, state }) => [check, state]));

const report = {
  "bug_reports/T-1.md": ["Reproduction Steps", "Expected", "Actual", "Root Cause", "Fix Plan"]
    .map((title) => `## ${title}\n\nIt is so.\n`)
    .join("\n"),
};

/** What an agent writes when `why` says that something is to be written, by the check that asks for it. */
const written: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  spec_exists: { "planning_docs/T-1/spec.md": "# Spec\n\nIt subtracts.\n" },
  proposal_exists: { "planning_docs/T-1/proposal.md": "# Proposal\n\nA function.\n" },
  ...{ bug_report: report, root_cause: report, fix_plan: report },
  code_exists: { "src/sub.js": "exports.sub = (a, b) => a - b;\n" },
  regression_test: { "test/sub.test.js": "// a test\n" },
  changelog_exists: { "changelog.d/T-1.md": "Added sub.\n" },
};

/** Takes the steps that `why` names, in their order, as an agent who knows nothing else would; a "no" ends it. */
async function follow(world: World, { steps }: Answer): Promise<void> {
  let worker = "";
  for (const { what, command } of steps) {
    const files = Object.entries(written[what.split(":")[0] ?? ""] ?? {});
    for (const [path, text] of files) world.write(path, text, world.worktree("T-1"));
    if (command === null) expect(files, what).not.toEqual([]);
    else if (command.startsWith("git"))
      execFileSync("sh", ["-c", command], { env: world.env, stdio: "pipe" });
    else {
      const answer = await operate(world, command.replace("calm ", "").replace("<id>", worker));
      expect(answer.error, command).toBeUndefined();
      if (command.startsWith("calm worker start")) worker = String(answer.data["id"]);
      if (answer.exitCode !== 0) return;
    }
  }
}

// no_skipped wants tests that are counted.
const counted = `printf '<testsuite><testcase name="a"/></testsuite>' > report.xml`;
const followed: Readonly<Record<string, string>> = {
  feature: trivialConfig,
  bug: trivialConfig.replace(
    'tests: { run: "true", min_tests: 0 }',
    `tests: { run: ${JSON.stringify(counted)}, report: { format: junit, path: report.xml }, prove_regression: false }`,
  ),
};

test.runIf(atLength).concurrent.each(["feature", "bug"])(
  "whoever follows why brings a %s to DONE",
  async (type) => {
    const config = followed[type] ?? "";
    const files = { ...smallProject, ".calm/config.yaml": config, ".gitignore": "report.xml\n" };
    const world = createWorld(files);
    await must(world, `task create T-1 Subtract --type ${type}`);
    const seen = new Set<string>();
    for (let rounds = 0; ; rounds++) {
      const answer = await why(world, "T-1");
      if (answer.transition === null) break;
      expect(rounds, JSON.stringify(answer)).toBeLessThan(20);
      // What `show` names is one of the steps, and a transition only where nothing else is left.
      const { next } = await must(world, "task show T-1");
      expect(commandsOf(answer), answer.transition).toContain(next);
      if (String(next).includes("transition")) expect(commandsOf(answer)).toEqual([next]);
      seen.add(answer.transition);
      await follow(world, answer);
    }
    expect(seen.size).toBe(type === "feature" ? 7 : 5);
    expect(await must(world, "task show T-1")).toMatchObject({ phase: "DONE", next: null });
  },
  120_000,
);

test("a run that failed, is outdated or was redefined is known, and no transition is named", async () => {
  const world = await trivialWorld(trivialConfig.replace('"true"', '"test ! -e red"'));
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  putInto(world, "SPEC-001", "IMPLEMENT");
  world.commit({ "src/sub.js": "1\n", red: "" }, "red", tree);
  const check = "calm gate check SPEC-001 IMPLEMENT-CODE_REVIEW";
  const unseen = await why(world, "SPEC-001");
  expect(stateOf(unseen)).toMatchObject({ code_exists: "holds", tests: "unknown", lint: "not_applicable" });
  await runGate(world, "gate check SPEC-001", false);
  const red = await why(world, "SPEC-001");
  expect(red.checks.find((one) => one.check === "tests")).toMatchObject({ state: "fails", run: 1 });
  expect([red.refusal?.code, commandsOf(red)[0]]).toEqual(["gate_failed", "calm gate log 1 tests"]);
  rmSync(`${tree}/red`);
  world.commit({}, "green", tree);
  expect(stateOf(await why(world, "SPEC-001"))["tests"]).toBe("unknown");
  await runGate(world, "gate check SPEC-001", true);
  const move = "calm task transition SPEC-001 CODE_REVIEW";
  // What is not committed is no part of what passed.
  world.write("src/sub.js", "2\n", tree);
  expect(commandsOf(await why(world, "SPEC-001"))).toEqual([move]);
  world.commit({}, "moved", tree);
  expect((await must(world, "task show SPEC-001"))["next"]).toBe(check);
  expect((await why(world, "SPEC-001")).refusal?.code).toBe("gate_outdated");
  world.git(["reset", "--quiet", "--hard", "HEAD~1"], tree);
  expect((await must(world, "task show SPEC-001"))["next"]).toBe(move);
  // The definition on the default branch counts, at once, and whoever wrote it has to be trusted again.
  world.commit({ ".calm/config.yaml": trivialConfig }, "other tests");
  world.write("left.js", "1\n", tree);
  const redefined = await why(world, "SPEC-001");
  expect((await must(world, "task show SPEC-001"))["next"]).toBe(check);
  expect(redefined.refusal?.code).toBe("gate_redefined");
  expect(commandsOf(redefined)).toEqual([
    expect.stringContaining(`git -C ${tree} add -A`),
    ...["calm trust --show", "calm trust --yes", check, move],
  ]);
  rmSync(tree, { recursive: true });
  const gone = await why(world, "SPEC-001");
  expect(gone.refusal?.code).toBe("worktree_not_found");
  expect(gone.steps[0]?.what).toContain("calm worktree health --fix");
  expect((await must(world, "task show SPEC-001"))["next"]).toBe("calm why SPEC-001");
});

test("blockers are followed to the one to begin with; a parent waits for its subtasks", async () => {
  const world = await trivialWorld();
  await must(world, "task create A Root");
  await must(world, "task create B Urgent --priority 0");
  await must(world, "task create C Middle --blocked-by A,B");
  await must(world, "task create D Last --blocked-by C");
  // In SPEC nobody asks for blockers yet, but they are told.
  const early = await why(world, "D");
  expect(early.blockers.map(({ id }) => id)).toEqual(["C", "A", "B"]);
  expect(commandsOf(early)).not.toContain("calm why B");
  putInto(world, "D", "DESIGN");
  expect((await why(world, "D")).steps[0]).toMatchObject({ command: "calm why B" });
  expect((await must(world, "task show D"))["next"]).toBe("calm why B");
  putInto(world, "B", "DONE");
  const later = await why(world, "D");
  expect(later.blockers).toMatchObject([
    { id: "C", waits_for: ["A"] },
    { id: "A", waits_for: [] },
  ]);
  await must(world, "task create A-1 Part --spec A");
  putInto(world, "A", "DESIGN");
  expect((await why(world, "A")).steps[0]).toMatchObject({ command: "calm why A-1" });
  expect((await must(world, "task show A"))["next"]).toBe("calm why A-1");
  // A subtask may rest on its parent's documents, so it needs no worktree for them.
  expect((await must(world, "task show A-1"))["next"]).toBe("calm gate check A-1 SPEC-DESIGN");
  putInto(world, "A-1", "DONE");
  await runGate(world, "gate check A", true);
  expect(commandsOf(await why(world, "A"))).toEqual(["calm task transition A DONE"]);
  expect((await operate(world, "why NOPE")).error?.code).toBe("task_not_found");
});

test("before a merge: its conflict, guarded paths, the lock and a person's word", async () => {
  const config = `${trivialConfig.replace("gates:", "gates:\n  INTEGRATE-VERIFY: { reviews: 0, approval: person }")}guarded: ["ci/**"]\n`;
  const world = await trivialWorld(config);
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  putInto(world, "SPEC-001", "INTEGRATE");
  world.commit({ "src/add.js": "1\n", "ci/run": "x\n" }, "work", tree);
  world.commit({ "src/add.js": "2\n" }, "meanwhile");
  await must(world, "counter set merge_lock 1");
  const answer = await why(world, "SPEC-001");
  expect(commandsOf(answer)).toEqual([
    null,
    expect.stringContaining("commit -m"),
    `git -C ${tree} merge main`,
    ...["calm approve SPEC-001 merge", "calm counter reset merge_lock"],
    ...["calm approve SPEC-001 INTEGRATE-VERIFY", "calm worktree merge SPEC-001"],
  ]);
  expect(answer.steps[0]?.what).toMatch(/^changelog_exists: No changelog/);
  expect(answer.approval).toBe("missing");
  world.git(["reset", "--quiet", "--hard", "HEAD~1"]);
  await must(world, "counter reset merge_lock");
  world.commit({ "changelog.d/SPEC-001.md": "Did it.\n" }, "log", tree);
  for (const what of ["merge", "INTEGRATE-VERIFY"])
    await mustByPerson(world, `approve SPEC-001 ${what}`, "SPEC-001");
  expect(commandsOf(await why(world, "SPEC-001"))).toEqual(["calm worktree merge SPEC-001"]);
});
