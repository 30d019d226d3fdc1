import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { query } from "../support/database.ts";
import { hasScript, program, start } from "../support/real-calm.ts";
import { runningWorld, taskIn } from "../support/running.ts";
import { createWorld, type World } from "../support/world.ts";

const available = hasScript();
if (!available) console.warn("skipped: no `script -qec` (util-linux) here, so no real terminal to test with");

/** Runs calm on a real terminal, types once the screen shows a text, and gives what was seen. */
async function onTerminal(
  world: World,
  line: string,
  shows: string,
  typed: string,
): Promise<{ screen: string; exitCode: number | null }> {
  const command = `"${process.execPath}" "${program}" ${line}`;
  const env = { ...world.env, TERM: "xterm-256color", SHELL: "/bin/sh" };
  const { child, ended } = start(
    ["script", "-qec", command, "/dev/null"],
    { cwd: world.repository, env },
    null,
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let seen = "";
  let answered = false;
  child.stdout?.on("data", (chunk: Buffer) => {
    seen += chunk.toString("utf8");
    if (answered || shows === "" || !seen.includes(shows)) return;
    answered = true;
    child.stdin?.write(typed);
  });
  const { out, exitCode } = await ended;
  return { screen: out, exitCode };
}

async function specToApprove(): Promise<World> {
  const world = createWorld();
  await world.calm(["task", "create", "SPEC-001", "Subtract"]);
  await world.calm(["worktree", "create", "SPEC-001"]);
  world.commit(
    { "planning_docs/SPEC-001/spec.md": "# Spec\n\nIt subtracts.\n" },
    "spec",
    world.worktree("SPEC-001"),
  );
  return world;
}

test.skipIf(!available)("on a real terminal a person types the word, or does not", async () => {
  const world = await specToApprove();
  const approve = (typed: string) => onTerminal(world, "approve SPEC-001 SPEC-DESIGN", "to go on", typed);
  const approvals = (): unknown =>
    query(join(world.env["CALM_HOME"] ?? "", "metadata.db"), "select transition, channel from approvals");
  for (const typed of ["SPEC-002\r", "\x03"]) {
    const { screen, exitCode } = await approve(typed);
    expect(exitCode).toBe(4);
    expect(screen).toContain("Not confirmed");
    expect(approvals()).toEqual([]);
  }
  const { screen, exitCode } = await approve("SPEC-001\r");
  expect(screen).toContain("Approved SPEC-DESIGN of SPEC-001");
  expect(exitCode).toBe(0);
  expect(approvals()).toEqual([{ transition: "SPEC-DESIGN", channel: "terminal" }]);
});

test.skipIf(!available)("a real terminal gets colours, and none with NO_COLOR", async () => {
  const world = await specToApprove();
  expect((await onTerminal(world, "task list", "", "")).screen).toContain("\x1b[1m");
  const plain = { ...world, env: { ...world.env, NO_COLOR: "1" } };
  expect((await onTerminal(plain, "task list", "", "")).screen).not.toContain("\x1b[");
});

test.skipIf(!available)(
  "a gate has a live line on a real terminal, and Ctrl-C leaves no trace of it",
  async () => {
    const world = await runningWorld({
      tests: "{ run: 'printf \"hello %s\\\\n\" there; sleep 60', min_tests: 0 }",
    });
    await taskIn(world, "SPEC-1", "IMPLEMENT");
    const { screen, exitCode } = await onTerminal(world, "gate check SPEC-1", "hello there", "\x03");
    expect(exitCode).toBe(130);
    // The last line of the output, dimmed, behind the spinner, and away again before the last words.
    expect(screen).toMatch(/\S tests \(worktree\) \d\S*s\S* {2}hello there/);
    const erase = "\x1b[1A\r\x1b[J";
    const afterwards = screen.slice(screen.lastIndexOf(erase) + erase.length);
    expect(afterwards).toContain("tests (worktree): interrupted after ");
    expect(afterwards).toContain(" interrupted by SIGINT\r\n");
    expect(afterwards).not.toContain("hello");
    expect(screen).not.toContain("\x1b[?25l");
  },
);
