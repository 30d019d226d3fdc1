import { expect, test } from "vitest";
import { operations } from "../src/operations/index.ts";
import { ownWords } from "./support/command-lines.ts";
import { must, phaseOf, putInto, startWorker, trivialWorld } from "./support/operate.ts";
import type { World } from "./support/world.ts";

const taskIds = /\b(SPEC|BUG)-\d+\b/g;

/** Makes what an example speaks of, as far as the examples before it have not: its tasks and their phase. */
async function prepare(world: World, operation: string, example: string): Promise<void> {
  const named = example.match(taskIds) ?? [];
  for (const task of operation === "task create" ? named.slice(1) : named) {
    if (phaseOf(world, task) === undefined) await must(world, ["task", "create", task, "a title"]);
    if (example.includes("--back")) putInto(world, task, "CODE_REVIEW");
    // Refused where there is one still.
    if (/^worktree (merge|path|remove)/.test(operation)) await world.calm(["worktree", "create", task]);
  }
}

/** Done, a valid no, a rule's refusal or a conflict: what an example may meet that is well written. */
const fine = [0, 1, 4, 5];

test("every example of every operation runs", async () => {
  const world = await trivialWorld();
  await must(world, ["task", "create", "SPEC-001", "a title"]);
  await must(world, "worktree create SPEC-001");
  await world.calm(["gate", "check", "SPEC-001"]);
  const wrong: string[] = [];
  for (const entry of operations) {
    for (const example of (await entry.load()).examples) {
      await prepare(world, entry.name, example);
      const task = example.match(taskIds)?.[0] ?? "SPEC-001";
      const worker = example.includes("W-") ? await startWorker(world, task, "reviewer") : "";
      const line = example
        .replaceAll(/W-[a-z0-9]{10}/g, worker)
        .replace("log 17", "log 1")
        .replace(/(log 1) tests/, "$1 spec_exists");
      const { words, piped } = ownWords(line);
      const ran = await world.calm(words, piped ? { stdin: "piped text\n" } : {});
      if (!fine.includes(ran.exitCode)) wrong.push(`${line}: ${ran.exitCode} ${ran.err}${ran.out}`);
      if (worker !== "") await world.calm(["worker", "complete", worker]);
    }
  }
  expect(wrong).toEqual([]);
});
