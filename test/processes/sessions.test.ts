import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { must } from "../support/operate.ts";
import { type Ended, program, realCalm, start, startCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const many = 20;

function atOnce(count: number, run: (index: number) => Promise<Ended>): Promise<Ended[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

function saveReally(world: World, text: string): Promise<Ended> {
  const command = [process.execPath, program, "session", "save", "--continue"];
  return start(command, { cwd: world.repository, env: world.env }, text).ended;
}

async function stagedWorld(): Promise<World> {
  const world = createWorld({ "a.txt": "a\n" });
  for (const task of ["SPEC-001", "SPEC-002"]) {
    await must(world, ["task", "create", task, "It"]);
    await must(world, `worktree create ${task}`);
    world.write("staged.txt", "x\n", world.worktree(task));
    world.git(["add", "staged.txt"], world.worktree(task));
  }
  return world;
}

function hook(world: World, script: string): void {
  const path = join(world.repository, ".git/hooks/pre-commit");
  mkdirSync(join(world.repository, ".git/hooks"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("20 processes resume one hand-off: exactly one gets it", async () => {
  const world = createWorld({ "a.txt": "a\n" });
  await must(world, "session save --continue", { stdin: "the hand-off\n" });
  const place = { cwd: world.repository, env: world.env };
  const ran = await atOnce(many, () => realCalm(["session", "resume"], place));
  const won = ran.filter(({ exitCode }) => exitCode === 0);
  expect(won.map(({ out }) => out.includes("the hand-off"))).toEqual([true]);
  const lost = ran.filter(({ exitCode, out }) => exitCode === 1 && out === "No pending handoff.\n");
  expect(lost.length).toBe(many - 1);
});

test("many saves at once: each text is kept, and what was staged is one commit", async () => {
  const world = await stagedWorld();
  const ran = await atOnce(10, (index) => saveReally(world, `text ${index}`));
  expect(ran.filter(({ exitCode, err }) => exitCode !== 0 || err !== "")).toEqual([]);
  const { sessions } = (await must(world, "session list")) as { sessions: { first_line: string }[] };
  const texts = Array.from({ length: 10 }, (_, index) => `text ${index}`);
  expect(sessions.map((one) => one.first_line).sort()).toEqual(texts);
  for (const task of ["SPEC-001", "SPEC-002"]) {
    expect(world.git(["rev-list", "--count", "main..HEAD"], world.worktree(task))).toBe("1");
  }
});

test.concurrent.for(["SIGKILL", "SIGINT"] as const)(
  "%s while a hook runs: the text is kept, and so is what was staged",
  async (signal) => {
    const world = await stagedWorld();
    const begun = join(world.folder, "begun");
    hook(world, `touch ${begun}; sleep 1.5`);
    const place = { cwd: world.repository, env: world.env };
    const running = startCalm(["session", "save", "--content", "kept all the same"], place);
    while (!existsSync(begun)) await sleep(20);
    running.child.kill(signal);
    const { exitCode, signal: by } = await running.ended;
    expect([exitCode, by]).toEqual(signal === "SIGKILL" ? [null, signal] : [130, null]);
    expect(await must(world, "session show")).toMatchObject({
      ...{ content: "kept all the same", machine_part: null },
    });
    // The next save waits for nothing that is dead.
    hook(world, "exit 0");
    await must(world, "session save", { stdin: "again" });
    for (const task of ["SPEC-001", "SPEC-002"]) {
      const files = world.git(["ls-tree", "-r", "--name-only", "HEAD"], world.worktree(task)).split("\n");
      expect(files).toEqual(["a.txt", "staged.txt"]);
    }
  },
);
