import { expect, test } from "vitest";
import {
  type FakeTerminal,
  type FakeTerminalOptions,
  fakeTerminal,
} from "../../test/support/fake-terminal.ts";
import type { Environment } from "../context.ts";
import { createPrompts } from "./prompt.ts";

test.each<[FakeTerminalOptions, boolean, Environment, boolean]>([
  [{ tty: true }, false, {}, true],
  [{ tty: true }, false, { CI: "1" }, true],
  [{ tty: true, stdoutTty: false }, false, {}, true],
  [{ tty: true, stdinTty: false }, false, {}, false],
  [{ tty: true, stderrTty: false }, false, {}, false],
  [{ tty: true }, true, {}, false],
  [{ tty: true }, false, { TERM: "dumb" }, false],
])("interactive with %o, no-input %s, %o is %s", (terminal, noInput, env, expected) => {
  expect(createPrompts(fakeTerminal(terminal), { argv: [], noInput, env }).interactive).toBe(expected);
});

async function answer<T>(
  keys: string,
  ask: (terminal: FakeTerminal) => Promise<T>,
): Promise<[T, FakeTerminal]> {
  const terminal = fakeTerminal({ tty: true });
  const asked = ask(terminal);
  const typing = setInterval(() => {
    // Only once the prompt listens: keys before that would be lost.
    if (terminal.err() !== "") {
      clearInterval(typing);
      terminal.stdin.write(keys);
    }
  }, 5);
  return [await asked, terminal];
}

const confirm = (terminal: FakeTerminal): Promise<boolean> =>
  createPrompts(terminal, { argv: [], noInput: false, env: {} }).confirm("Remove \x1b[2Jit?");

const typeWord = (terminal: FakeTerminal): Promise<boolean> =>
  createPrompts(terminal, { argv: [], noInput: false, env: {} }).typeWord("Approve SPEC-1?", "SPEC-1");

test.each([
  ["y", true],
  ["n", false],
  ["\r", false],
  ["\x03", false],
])("confirm answered with %j is %s", async (keys, expected) => {
  const [given, terminal] = await answer(keys, confirm);
  expect(given).toBe(expected);
  expect(terminal.out()).toBe("");
  expect(terminal.err()).toContain("\\x1b[2J");
});

test.each([
  ["SPEC-1\r", true],
  ["spec-1\r", false],
  ["\r", false],
  ["\x03", false],
])("a typed word %j is %s", async (keys, expected) => {
  const [given, terminal] = await answer(keys, typeWord);
  expect(given).toBe(expected);
  expect(terminal.out()).toBe("");
});

test("a signal ends the question with no", async () => {
  const controller = new AbortController();
  const terminal = fakeTerminal({ tty: true });
  const prompts = createPrompts(terminal, { argv: [], noInput: false, env: {}, signal: controller.signal });
  setTimeout(() => {
    controller.abort("SIGINT");
  }, 50);
  expect(await prompts.confirm("Really?")).toBe(false);
});
