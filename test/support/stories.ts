import { expect } from "vitest";
import { must, operate, phaseOf, putInto } from "./operate.ts";
import { createWorld, type World } from "./world.ts";

/** A feature in IMPLEMENT, with a worktree and a commit of code there. */
export interface Story {
  readonly world: World;
  /** The task's worktree. */
  readonly tree: string;
}

/** A configuration with these checks, one a line; the standard ones that are not named do not apply. */
export function storyConfig(checks: string, rest = ""): string {
  const named = ["tests", "lint", "types"].filter((name) => !checks.includes(`${name}:`));
  const none = named.map((name) => `  ${name}: { none: "no part of this story" }`);
  const lines = checks
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => `  ${line}`);
  return ["version: 1", "checks:", ...lines, ...none, rest, ""].join("\n");
}

/**
 * Begins a story with trusted commands; `files` lie on main, `work` is what the task commits. `first` comes before
 * anything that gives the project an id.
 */
export async function begin(
  config: string,
  files: Readonly<Record<string, string>> = {},
  work: Readonly<Record<string, string>> = { "src/new.js": "exports.value = 2;\n" },
  first: (world: World) => Promise<unknown> = () => Promise.resolve(),
): Promise<Story> {
  const world = createWorld({ "src/old.js": "exports.value = 1;\n", ".calm/config.yaml": config, ...files });
  await first(world);
  await must(world, "trust --yes");
  const tree = await addTask(world, "SPEC-001", work);
  return { world, tree };
}

/** Adds a feature in IMPLEMENT with its work; gives its worktree. */
export async function addTask(
  world: World,
  task: string,
  work: Readonly<Record<string, string>>,
): Promise<string> {
  await must(world, ["task", "create", task, "A story"]);
  putInto(world, task, "IMPLEMENT");
  await must(world, `worktree create ${task}`);
  const tree = world.worktree(task);
  if (Object.keys(work).length > 0) world.commit(work, "work", tree);
  return tree;
}

/** The gate before CODE_REVIEW is not open: the transition is refused, claimed or not, and the task stays. */
export async function staysShut(world: World, code = "gate_failed", task = "SPEC-001"): Promise<void> {
  for (const claim of ["", " --gate-result pass"]) {
    const { exitCode, error } = await operate(world, `task transition ${task} CODE_REVIEW${claim}`);
    expect([exitCode, error?.code]).toEqual([4, code]);
  }
  expect(phaseOf(world, task)).toBe("IMPLEMENT");
}

/** A JUnit report, for a shell to print; one letter a test: passed, failed, error, skipped. */
export function junitLine(tests: string): string {
  const inner: Readonly<Record<string, string>> = { f: "<failure/>", e: "<error/>", s: "<skipped/>" };
  const cases = Array.from(
    tests,
    (one, index) => `<testcase name="t${index}">${inner[one] ?? ""}</testcase>`,
  );
  return `echo '<testsuite>${cases.join("")}</testsuite>' > report.xml`;
}

/** The part of a check's configuration that reads such a report. */
export const junitReport = "report: { format: junit, path: report.xml }";
