import { join } from "node:path";
import { expect, test } from "vitest";
import { operations } from "../src/operations/index.ts";
import { ownWords } from "./support/command-lines.ts";
import { must, phaseOf, putInto, startWorker, trivialWorld } from "./support/operate.ts";
import { placeFixture } from "./support/original.ts";
import type { Ran, RunOptions, World } from "./support/world.ts";

const taskIds = /\b(SPEC|BUG)-\d+\b/g;

/** A world with a task, its worktree, a gate run and a file of the original. */
async function exampleWorld(): Promise<World> {
  const world = await trivialWorld();
  await must(world, ["task", "create", "SPEC-001", "a title"]);
  await must(world, "worktree create SPEC-001");
  await world.calm(["gate", "check", "SPEC-001"]);
  placeFixture("claws.db", join(world.repository, ".claude/claws.db"), world.repository);
  return world;
}

/** Makes what an example speaks of, as far as the examples before it have not: its tasks and their phase. */
async function prepare(world: World, operation: string, example: string): Promise<void> {
  const named = example.match(taskIds) ?? [];
  for (const task of operation === "task create" ? named.slice(1) : named) {
    if (phaseOf(world, task) === undefined) await must(world, ["task", "create", task, "a title"]);
    if (example.includes("--back")) putInto(world, task, "CODE_REVIEW");
    // Refused where there is one still.
    if (/^worktree (merge|path|remove|restore|attic)/.test(operation))
      await world.calm(["worktree", "create", task]);
    if (/^worktree (restore|attic)/.test(operation)) {
      world.write("work", "in progress\n", world.worktree(task));
      await must(world, `worktree remove ${task} --force --yes`);
    }
  }
}

/** The example with what is there in the place of the names that stand for it. */
async function fill(world: World, example: string, worker: string): Promise<string> {
  let line = example.replaceAll(/W-[a-z0-9]{10}/g, worker);
  line = line.replace("log 17", "log 1").replace(/(log 1) tests/, "$1 spec_exists");
  line = line.replace("~/old/metadata.db", ".claude/claws.db");
  if (/\bS-[a-z0-9]{10}/.test(line)) {
    const { id } = (await must(world, "session save --continue", { stdin: "go on\n" })) as { id: string };
    line = line.replace(/\bS-[a-z0-9]{10}/, id);
  }
  const backup = /backup (?:restore|delete) (\S+)/.exec(line)?.[1];
  if (backup === undefined) return line;
  if (!backup.startsWith("auto_")) {
    await world.calm(["backup", "create", backup]);
    return line;
  }
  const made = (await must(world, "backup auto")) as { backup: { name: string } };
  return line.replace(backup, made.backup.name);
}

const piped: Readonly<Record<string, string>> = { "task import": '{"id":"NEW-1","title":"a title"}\n' };

/** Runs an example; one that goes on until Ctrl-C gets it soon. */
async function run(world: World, operation: string, line: string, env: RunOptions["env"]): Promise<Ran> {
  const own = ownWords(line);
  if (!/--(watch|follow)/.test(line)) {
    const stdin = own.piped ? { stdin: piped[operation] ?? "piped text\n" } : {};
    return world.calm(own.words, { ...stdin, ...(env && { env }) });
  }
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort("SIGINT");
  }, 300);
  const ran = await world.calm(own.words, { tty: true, signal: controller.signal });
  return ran.exitCode === 130 ? { ...ran, exitCode: 0 } : ran;
}

/** Done, a valid no, a rule's refusal or a conflict: what an example may meet that is well written. */
const fine = [0, 1, 4, 5];

test("every example of every operation runs", async () => {
  const world = await exampleWorld();
  const wrong: string[] = [];
  for (const entry of operations) {
    for (const example of (await entry.load()).examples) {
      await prepare(world, entry.name, example);
      const task = example.match(taskIds)?.[0] ?? "SPEC-001";
      const needsWorker = example.includes("W-") || entry.name.startsWith("worker ");
      const worker = needsWorker ? await startWorker(world, task, "reviewer") : "";
      const line = await fill(world, example, worker);
      const ran = await run(world, entry.name, line, needsWorker ? { CALM_WORKER: worker } : undefined);
      if (!fine.includes(ran.exitCode)) wrong.push(`${line}: ${ran.exitCode} ${ran.err}${ran.out}`);
      if (needsWorker) await world.calm(["worker", "complete", worker]);
    }
  }
  expect(wrong).toEqual([]);
});
