import { expect, test } from "vitest";
import type { FakeCliOptions, FakeRun } from "../../test/support/fake-cli.ts";
import { calm } from "../../test/support/fake-operations.ts";
import { fakeTerminal } from "../../test/support/fake-terminal.ts";

test("standard input fills its field: piped text, not a terminal's, not over a flag", async () => {
  const save = (argv: readonly string[], options: Partial<FakeCliOptions>): Promise<FakeRun> =>
    calm(["session", "save", ...argv], options);
  expect((await save([], { stdin: "hand-off\n" })).out).toBe('{"text":"hand-off\\n"}\n');
  expect((await save(["--text", "flag"], { stdin: "pipe" })).out).toBe('{"text":"flag"}\n');
  const nothing = await save([], { stdin: "" });
  expect([nothing.exitCode, nothing.err]).toEqual([
    2,
    "error: --text is missing: give it, or pipe it to standard input\nhint: For example: calm session save\n",
  ]);
  expect((await save([], { tty: true })).exitCode).toBe(2);
  expect((await save([], { stdin: Buffer.from([0x61, 0xff]) })).err).toContain("not UTF-8");
  expect((await save([], { stdin: "x".repeat(5 * 1024 * 1024 + 1) })).err).toContain("more than 5 MB");
  expect((await save([], { stdin: "x".repeat(5 * 1024 * 1024) })).exitCode).toBe(0);
});

test("a signal ends the waiting for standard input", async () => {
  const controller = new AbortController();
  const terminal = fakeTerminal({ stdinTty: true });
  terminal.stdin.isTTY = false;
  setTimeout(() => {
    controller.abort("SIGINT");
  }, 10);
  const run = await calm(["session", "save"], { terminal, signal: controller.signal });
  expect(run.exitCode).toBe(130);
});
