import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import { program, start, startCalm } from "../support/real-calm.ts";
import { heldRows, nothingHeld } from "../support/running.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

test.each(["log --limit 1000 --json", "status"])("calm %s | head: no trace, no message", async (line) => {
  const world = createWorld();
  // More than a pipe holds.
  for (let round = 0; round < 8; round++) {
    await world.calm(["task", "create", "SPEC", "--next", "Title", "--notes", "x".repeat(30_000)]);
  }
  const script = `"${process.execPath}" "${program}" ${line} | head -c 1`;
  const ran = await start(["sh", "-c", script], { cwd: world.repository, env: world.env }).ended;
  expect(ran).toMatchObject({ exitCode: 0, err: "" });
  expect(ran.out).toHaveLength(1);
});

/** Two processes, of which one outlives the shell that started it; both tell their numbers first. */
const endless = 'sleep 300 & echo "$!" >>"$PIDS"; echo "$$" >>"$PIDS"; sleep 301';
const config = `version: 1
checks:
  tests: { run: ${JSON.stringify(endless)} }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;

async function taskInImplement(world: World): Promise<void> {
  await world.calm(["trust", "--yes"]);
  await world.calm(["task", "create", "SPEC-1", "Endless"]);
  await world.calm(["worktree", "create", "SPEC-1"]);
  world.commit({ "src/new.js": "exports.x = 1;\n" }, "work", world.worktree("SPEC-1"));
  change(join(world.env["CALM_HOME"] ?? "", "metadata.db"), "update tasks set phase = 'IMPLEMENT'");
}

async function pidsIn(file: string): Promise<number[]> {
  for (;;) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    if (lines.length === 2) return lines.map(Number);
    await new Promise((done) => setTimeout(done, 20));
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "G11: %s during a check ends calm with %i, leaves no process, and the run is no pass",
  async (signal, code) => {
    const world = createWorld({ ...smallProject, ".calm/config.yaml": config });
    await taskInImplement(world);
    const pids = join(world.folder, "pids");
    const env = { ...world.env, PIDS: pids };
    const { child, ended } = startCalm(["gate", "check", "SPEC-1"], { cwd: world.repository, env });
    const running = await pidsIn(pids);
    child.kill(signal);
    const ran = await ended;
    expect(ran).toMatchObject({ exitCode: code, out: "" });
    expect(ran.err).toContain(`interrupted by ${signal}`);
    expect(ran.err).not.toContain("    at ");
    // What was killed is there until the system's first process has reaped it.
    await expect.poll(() => running.filter(lives), { timeout: 5000 }).toEqual([]);
    const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
    expect(query(database, "select state, verdict from gate_runs")).toEqual([
      { state: "interrupted", verdict: "fail" },
    ]);
    expect(heldRows(world)).toEqual(nothingHeld);
    const moved = await world.calm(["task", "transition", "SPEC-1", "CODE_REVIEW"]);
    expect(moved.exitCode).toBe(4);
    expect(moved.err).toContain("interrupted");
  },
);
