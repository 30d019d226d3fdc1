import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  fakeTerminal,
  type FakeTerminal,
  type FakeTerminalOptions,
} from "../../../test/support/fake-terminal.ts";
import type { Activity, Environment } from "../../context.ts";
import { readGlobals } from "../globals.ts";
import { createPrinter, type Printer } from "../printer.ts";
import { createActivities } from "./activities.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Stage {
  readonly terminal: FakeTerminal;
  readonly printer: Printer;
  readonly begin: (name: string) => Activity;
  /** What was printed since the last look. */
  readonly said: () => string;
}

async function stage(
  options: FakeTerminalOptions = {},
  env: Environment = {},
  argv: readonly string[] = [],
): Promise<Stage> {
  const terminal = fakeTerminal(options);
  const { globals } = readGlobals([...argv]);
  const printer = await createPrinter(terminal, env, globals);
  const begin = createActivities({ printer, terminal, env, globals });
  let seen = 0;
  return {
    terminal,
    printer,
    begin: (name) => begin(name, () => new Date().toISOString()),
    said: () => {
      vi.advanceTimersByTime(0);
      const text = terminal.err().slice(seen);
      seen += text.length;
      return text;
    },
  };
}

/** What a terminal of this width shows after it was sent a text; knows what the live area uses, and nothing else. */
function screenOf(text: string, columns: number): string[] {
  const screen = [""];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  // eslint-disable-next-line no-control-regex -- what a terminal is sent is looked for
  for (const [token] of text.matchAll(/\x1b\[\?2026[hl]|\x1b\[\d+m|\x1b\[\d+A|\x1b\[J|[^]/gu)) {
    const up = /\[(\d+)A$/.exec(token);
    if (up) row -= Number(up[1]);
    else if (token.endsWith("[J")) screen.length = row + 1;
    else if (token === "\r") column = 0;
    else if (token === "\n") {
      row += 1;
      column = 0;
    } else if (!token.startsWith("\x1b")) {
      if (column === columns) {
        row += 1;
        column = 0;
      }
      const old = (screen[row] ?? "").padEnd(column);
      screen[row] = old.slice(0, column) + token + old.slice(column + 1);
      column += 1;
    }
    if (token === "\x1b[J") screen[row] = "";
    screen[row] ??= "";
  }
  return screen;
}

test("plain lines: the states, a sign of life every half minute, the end", async () => {
  const { begin, said } = await stage();
  const tests = begin("tests (worktree)");
  tests.state("waiting", "waiting for one of 2 slots");
  vi.advanceTimersByTime(31_000);
  tests.state("running", "npm test");
  tests.output("a line of the log");
  vi.advanceTimersByTime(90_000);
  tests.end("pass after 90.0 s");
  tests.end("not twice");
  vi.advanceTimersByTime(90_000);
  expect(said().split("\n")).toEqual([
    "tests (worktree): waiting for one of 2 slots",
    "tests (worktree): 30.0s, still waiting",
    "tests (worktree): npm test",
    "tests (worktree): 30.0s, still running",
    "tests (worktree): 1m 00s, still running",
    "tests (worktree): 1m 30s, still running",
    "tests (worktree): pass after 90.0 s",
    "",
  ]);
});

test("a terminal has one line for each that runs, and a line that stays for each that has ended", async () => {
  const { begin, printer, terminal, said } = await stage({ tty: true, columns: 60 });
  const tests = begin("tests (worktree)");
  const lint = begin("lint (worktree)");
  tests.state("running", "npm test");
  lint.state("running", "npm run lint");
  vi.advanceTimersByTime(2000);
  tests.output("  50%\r 100% of \x1b[31mmany\x07 tests, in a line that is longer than the terminal is wide");
  tests.output("   ");
  printer.warn("the lease was not renewed");
  vi.advanceTimersByTime(100);
  const [warning, ...lines] = screenOf(terminal.err(), 60);
  expect(warning).toBe("warning: the lease was not renewed");
  expect(lines[0]).toMatch(/^\S tests \(worktree\) 2\.1s {3}100% of \\x1b\[31mmany\\x07 tests,.*…$/);
  expect(lines[0]?.length).toBeLessThan(60);
  expect(lines[1]).toMatch(/^\S lint \(worktree\) 2\.1s {2}npm run lint$/);
  expect(lines.slice(2)).toEqual([""]);
  lint.end("pass after 2.1 s");
  tests.end();
  printer.answer("GATE PASSED");
  expect(screenOf(terminal.err(), 60)).toEqual([warning, "lint (worktree): pass after 2.1 s", ""]);
  // Nothing was changed that would have to be restored.
  expect(terminal.err()).not.toContain("\x1b[?25l");
  said();
  vi.advanceTimersByTime(60_000);
  expect(said()).toBe("");
});

test("a window that becomes narrower, or has few rows, is not garbled", async () => {
  const { begin, terminal } = await stage({ tty: true, columns: 80 });
  terminal.stderr.write("before\n");
  Object.assign(terminal.stderr, { rows: 4 });
  const all = ["one", "two", "three"].map((name) => begin(name));
  for (const one of all) one.state("running", "x".repeat(200));
  // The terminal folds what it shows, so that each of the two lines takes two rows.
  const cursor = screenOf(terminal.err(), 80).length - 1;
  expect(cursor).toBe(3);
  Object.assign(terminal.stderr, { columns: 50 });
  const before = terminal.err().length;
  vi.advanceTimersByTime(100);
  // eslint-disable-next-line no-control-regex -- what a terminal is sent is looked for
  const [up] = /\x1b\[\d+A/.exec(terminal.err().slice(before)) ?? [];
  // The first line has 79 cells, the second is short.
  expect(up).toBe("\x1b[3A");
  expect(terminal.err()).toContain("… and 2 more");
});

test.each([
  ["TERM=dumb", { TERM: "dumb" }, []],
  ["CI", { CI: "1" }, []],
  ["--quiet", {}, ["--quiet"]],
])("nothing is drawn with %s", async (_, env, argv) => {
  const { begin, said } = await stage({ tty: true }, env, argv);
  const one = begin("tests");
  one.state("running", "npm test");
  vi.advanceTimersByTime(31_000);
  one.end("pass");
  const lines = ["tests: npm test", "tests: 30.0s, still running", "tests: pass", ""];
  expect(said()).toBe(argv.length > 0 ? "" : lines.join("\n"));
});

test("NO_COLOR takes the colours away, not the live line", async () => {
  const { begin, said } = await stage({ tty: true }, { NO_COLOR: "1" });
  begin("tests").state("running", "npm test");
  // eslint-disable-next-line no-control-regex -- what a terminal is sent is looked for
  expect(said()).toMatch(/^\x1b\[\?2026h\S tests 0ms {2}npm test\n\x1b\[\?2026l$/);
});
