import { expect, test } from "vitest";
import type { ToolResult } from "../system/spawn.ts";
import { rememberAnswers } from "./remember.ts";
import type { Arguments, Call } from "./run-git.ts";

const id = "0123456789".repeat(4);
const other = "f".repeat(40);

/** How often each of two equal questions reaches git. */
async function timesAsked(args: Arguments, call: Call = {}, exitCode = 0): Promise<number> {
  let asked = 0;
  const ask = rememberAnswers(() => {
    asked += 1;
    const answer: Partial<ToolResult> = { exitCode, stdout: Buffer.from("x") };
    return Promise.resolve(answer as ToolResult);
  });
  await ask(args, call);
  await ask(args, call);
  return asked;
}

test.each<[Arguments, Call?]>([
  [["ls-tree", "-z", "--full-tree", id, "--", "a file"]],
  [["rev-parse", "--verify", `${id}^{tree}`]],
  [["merge-base", "--all", id, other]],
  [["cat-file", "blob", id]],
  [["cat-file", "--batch"], { input: `${id}:src\n${id}:src/a\n` }],
])("what objects alone decide is asked once: %j", async (args, call) => {
  expect(await timesAsked(args, call)).toBe(1);
});

test.each<[Arguments, Call?]>([
  [["ls-tree", "-z", "main"]],
  [["rev-parse", "--verify", "HEAD"]],
  [["merge-base", "--all", id, "SPEC-001"]],
  [["cat-file", "--batch"], { input: `${id}:src\nHEAD:src/a\n` }],
  [["cat-file", "--batch"]],
  [["rev-parse", "--git-dir"]],
  [["update-ref", "refs/heads/main", id, other]],
  [["ls-tree", id], { env: { GIT_OBJECT_DIRECTORY: "/elsewhere" } }],
])("what can change is asked each time: %j", async (args, call) => {
  expect(await timesAsked(args, call)).toBe(2);
});

test("a failed answer is asked for again: the object may arrive by a fetch", async () => {
  expect(await timesAsked(["cat-file", "blob", id], {}, 128)).toBe(2);
});
