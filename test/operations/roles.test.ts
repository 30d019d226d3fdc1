import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must, refused, startWorker, trivialWorld } from "../support/operate.ts";
import type { World } from "../support/world.ts";

function homeRole(world: World, name: string, text: string | Buffer): string {
  const folder = join(world.env["CALM_HOME"] ?? "", "roles");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), text);
  return join(folder, `${name}.md`);
}

async function prompt(world: World, role: string): Promise<string> {
  return (await must(world, ["worker", "prompt", role]))["text"] as string;
}

test.concurrent("a role comes from CALM_HOME, else the main checkout's .claude/roles, else calm; _base on its own", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-1 One");
  expect(await prompt(world, "backend")).toMatch(/^# Role: backend\n/);
  expect(await prompt(world, "_base")).toMatch(/^# Norms of every worker\n/);
  world.write(".claude/roles/backend.md", "the repository's\n");
  world.write(".claude/roles/_base.md", "the repository's base\n");
  expect(await prompt(world, "backend")).toBe("the repository's\n");
  homeRole(world, "backend", "the user's\n");
  expect(await prompt(world, "backend")).toBe("the user's\n");
  expect(await prompt(world, "_base")).toBe("the repository's base\n");
  const answer = await must(world, "worker context SPEC-1 backend");
  const sections = answer["sections"] as { name: string; text: string }[];
  expect(sections.slice(0, 2).map(({ text }) => text)).toEqual(["the repository's base", "the user's"]);
});

test.concurrent("the main checkout's roles count within a worktree too; its own do not", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-1 One");
  await must(world, "worktree create SPEC-1");
  world.write(".claude/roles/data.md", "main's\n");
  const cwd = world.worktree("SPEC-1");
  world.write(".claude/roles/data.md", "the branch's\n", cwd);
  expect((await must(world, "worker prompt data", { cwd }))["text"]).toBe("main's\n");
  expect(await startWorker(world, "SPEC-1", "data")).toMatch(/^W-/);
});

test.concurrent("every placeholder is filled, in a role of the user's too", async () => {
  const world = await trivialWorld();
  await must(world, "task create BUG-1 One");
  const all = "{TASK_ID} {BUG_ID} {WORKER_ID} {YOUR_WORKER_ID} {REVIEW_NUM} {BRANCH} TASK-XXX";
  homeRole(world, "own", `${all}\n{WORKTREE}\n{MAIN_REPO}\n{"json": 1} \${HOME} {OTHER}\n`);
  const rest = '{"json": 1} ${HOME} {OTHER}\n';
  expect(await prompt(world, "own")).toBe(
    `<task id> <task id> <worker id> <worker id> <review number> <branch> <task id>\n<worktree>\n${world.repository}\n${rest}`,
  );
  const worker = await startWorker(world, "BUG-1", "own");
  const { text } = await must(world, "worker prompt own --task bug-1");
  expect(text).toBe(
    `BUG-1 BUG-1 ${worker} ${worker} 1 BUG-1 BUG-1\n${world.worktree("BUG-1")}\n${world.repository}\n${rest}`,
  );
});

describe("what is no role", () => {
  test.concurrent("an unknown one, a path, or the base to work in: 3, with the nearest and the list", async () => {
    const world = await trivialWorld();
    await must(world, "task create SPEC-1 One");
    world.write("secret.md", "secret\n");
    homeRole(world, "night-shift", "x");
    const unknown = (message: RegExp, hint: RegExp) => [3, "role_not_found", message, hint] as const;
    await refused(
      world,
      "worker prompt reviewr",
      unknown(/no role reviewr/, /Did you mean reviewer\? The roles are ai-dl, .*night-shift, .*ux$/),
    );
    for (const name of ["../secret", "../../secret", "/etc/passwd", "constructor", "", "a/b", "Backend.md"]) {
      await refused(world, ["worker", "prompt", name], unknown(/There is no role/, /The roles are/));
    }
    await refused(
      world,
      "worker start SPEC-1 _base",
      unknown(/_base is what every role begins with/, /The roles are ai-dl/),
    );
    await refused(world, "worker context SPEC-1 _base", unknown(/_base/, /The roles are/));
    await refused(world, "worker context SPEC-1 nobody", unknown(/no role nobody/, /The roles are/));
    await refused(world, "worker context SPEC-2 backend", [
      3,
      "task_not_found",
      /SPEC-2/,
      "Did you mean SPEC-1?",
    ]);
    await refused(world, "worker prompt backend --task SPEC-2", [
      3,
      "task_not_found",
      /SPEC-2/,
      "Did you mean SPEC-1?",
    ]);
  });

  test.concurrent("a file that is a link, no file, huge or not UTF-8 is refused, never passed over", async () => {
    const world = await trivialWorld();
    await must(world, "task create SPEC-1 One");
    const folder = join(homeRole(world, "huge", "x".repeat(64 * 1024 + 1)), "..");
    homeRole(world, "latin", Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    homeRole(world, "fits", "é".repeat(32 * 1024));
    symlinkSync("/etc/passwd", join(folder, "backend.md"));
    mkdirSync(join(folder, "qa.md"));
    execFileSync("mkfifo", [join(folder, "ux.md")]);
    const problems = {
      backend: /symbolic link/,
      qa: /no plain file/,
      ux: /no plain file/,
      huge: /larger than 64 KiB/,
      latin: /not UTF-8/,
    };
    for (const [role, message] of Object.entries(problems)) {
      for (const line of [
        `worker prompt ${role}`,
        `worker start SPEC-1 ${role}`,
        `worker context SPEC-1 ${role}`,
      ]) {
        await refused(world, line, [4, "role_unreadable", message, `ls -ld ${join(folder, role)}.md`]);
      }
    }
    expect((await prompt(world, "fits")).length).toBe(32 * 1024);
  });

  test.concurrent("a link leads no role of the repository out of it, and hides calm's own from nobody", async () => {
    const world = await trivialWorld();
    world.write("elsewhere/roles/backend.md", "elsewhere\n", world.folder);
    symlinkSync(join(world.folder, "elsewhere"), join(world.repository, ".claude"));
    await refused(world, "worker prompt backend", [
      4,
      "role_unreadable",
      /\.claude is a symbolic link/,
      "ls -ld",
    ]);
    expect(await prompt(world, "frontend")).toMatch(/^# Role: frontend/);
    renameSync(join(world.repository, ".claude"), join(world.repository, "claude"));
    expect(await prompt(world, "backend")).toMatch(/^# Role: backend/);
  });
});
