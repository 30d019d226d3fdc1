import { Writable } from "node:stream";
import * as z from "zod/mini";
import { expect, test } from "vitest";
import { type FakeCliOptions, type FakeRun, runFake } from "../../test/support/fake-cli.ts";
import { echo, fakeOperations } from "../../test/support/fake-operations.ts";
import { fakeTerminal } from "../../test/support/fake-terminal.ts";

function calm(argv: readonly string[], options: Partial<FakeCliOptions> = {}): Promise<FakeRun> {
  return runFake(argv, { operations: fakeOperations, ...options });
}

test("the longest name wins, and only its module is loaded", async () => {
  const short = await calm(["status"]);
  expect([short.exitCode, short.loaded]).toEqual([0, ["status"]]);
  const long = await calm(["status", "health"]);
  expect([long.exitCode, long.loaded]).toEqual([1, ["status health"]]);
});

test("the answer is on stdout, the rest on stderr; a no is exit 1", async () => {
  const run = await calm(["status", "health"]);
  expect(run.out).toBe("DEGRADED\n");
  expect(run.err).toBe("warning: something is odd\nlooking around\nnext: calm doctor --fix\n");
  const quiet = await calm(["status", "health", "--quiet"]);
  expect([quiet.exitCode, quiet.out, quiet.err]).toEqual([1, "DEGRADED\n", ""]);
});

test("--json prints one document, with warnings and without inventing passed", async () => {
  const no = await calm(["status", "health", "--json"]);
  expect(JSON.parse(no.out)).toEqual({
    v: 1,
    ok: true,
    kind: "health",
    data: { passed: false },
    warnings: ["something is odd"],
  });
  const yes = await calm(["--json", "task", "show", "A"]);
  expect(yes.out).toBe('{"v":1,"ok":true,"kind":"echo","data":{"got":{"id":"A"}},"warnings":[]}\n');
});

test("global flags stand anywhere and reach the Context", async () => {
  const run = await calm([
    "-C",
    "/there",
    "task",
    "--project=p",
    "show",
    "A",
    "--actor",
    "ann",
    "--no-input",
  ]);
  expect(run.exitCode).toBe(0);
  expect(run.requests).toHaveLength(1);
  expect(run.requests[0]).toMatchObject({
    operation: "task show",
    channel: "cli",
    directory: "/there",
    project: "p",
    actor: "ann",
  });
  expect(run.requests[0]?.prompts.interactive).toBe(false);
  const after = await calm(["task", "show", "--", "--json"]);
  expect(after.out).toBe('{"id":"--json"}\n');
});

test.each([
  [["--project"], "--project needs a value"],
  [["task", "list", "-C"], "-C needs a value"],
  [["task", "list", "--actor", "--json"], "--actor needs a value"],
  [["task", "list", "--json=yes"], "--json takes no value"],
  [["task", "list", "--color", "blue"], '--color is one of auto, always, never; not "blue"'],
  [["--bogus"], "Unknown flag: --bogus"],
  [["--phase", "x", "task", "list"], "Unknown flag: --phase"],
  [["task", "--phase", "x"], "Unknown flag: --phase"],
])("usage error: %j", async (argv, message) => {
  const run = await calm(argv);
  expect([run.exitCode, run.requests]).toEqual([2, []]);
  expect(`${run.out}${run.err}`).toContain(message);
});

test.each([
  ["task creat", "Did you mean calm task create? All: calm task --help"],
  ["tsak", "Did you mean calm task? All: calm --help"],
  ["create x", "Did you mean calm task create? All: calm --help"],
  ["status helth", "Did you mean calm status health? All: calm status --help"],
  ["zzzzzzzzzz", "calm --help"],
  ["help tsak", "Did you mean calm task? All: calm --help"],
])("unknown command: %s", async (line, hint) => {
  const run = await calm(line.split(" "));
  expect([run.exitCode, run.out, run.requests]).toEqual([2, "", []]);
  expect(run.err).toContain("error: Unknown command: ");
  expect(run.err).toContain(`hint: ${hint}\n`);
  const json = await calm([...line.split(" "), "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({
    v: 1,
    ok: false,
    error: { code: "unknown_command", retryable: false },
  });
});

test("an input that does not fit names flag, reason, choices and the likeliest one", async () => {
  const run = await calm(["task", "create", "A", "--type", "bugg", "--priority", "1.5"]);
  expect([run.exitCode, run.err]).toEqual([
    2,
    'error: <title> is missing; --type is one of feature, bug; not "bugg"; --priority is a whole number; not 1.5\n' +
      "hint: Did you mean bug? See: calm task create --help\n",
  ]);
  expect(run.left).toBe(0);
});

test("a Failure has its exit code, message, hint; control characters are shown", async () => {
  const run = await calm(["fail", "refused"]);
  expect([run.exitCode, run.out, run.left]).toEqual([4, "", 0]);
  expect(run.err).toBe("error: It would remove\\x1b[2J things\nhint: calm fail --yes\n");
  const json = await calm(["fail", "refused", "--json"]);
  expect([json.exitCode, json.err]).toEqual([4, ""]);
  expect(JSON.parse(json.out)).toEqual({
    v: 1,
    ok: false,
    error: {
      code: "needs_yes",
      message: "It would remove\x1b[2J things",
      hint: "calm fail --yes",
      retryable: false,
      details: { count: 2 },
    },
  });
  const busy = await calm(["fail", "busy", "--json", "--quiet"]);
  expect(busy.exitCode).toBe(6);
  expect(JSON.parse(busy.out)).toMatchObject({ error: { code: "busy", retryable: true } });
});

test("a defect is exit 70, its stack goes to the log and not to the terminal", async () => {
  const run = await calm(["fail", "bug"]);
  expect([run.exitCode, run.out, run.bugs.length]).toEqual([70, "", 1]);
  expect(run.err).toBe(
    "error: internal error: cannot read it\nhint: This is a bug in calm; its details are in /home/logs/bug.log\n",
  );
  const json = await calm(["fail", "thrown", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    error: {
      code: "internal_error",
      message: "internal error: a plain text",
      details: { log: "/home/logs/bug.log" },
    },
  });
  const unlogged = await calm(["fail", "bug"], {
    reportBug: () => {
      throw new Error("disk full");
    },
  });
  expect([unlogged.exitCode, unlogged.err.includes("could not be written")]).toEqual([70, true]);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])("%s ends with its code", async (name, code) => {
  const controller = new AbortController();
  const waiting = echo("wait", z.object({}), {
    run: (context) =>
      new Promise((_, reject) => {
        context.signal.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
        controller.abort(name);
      }),
  });
  const run = await calm(["wait"], { operations: [waiting], signal: controller.signal });
  expect([run.exitCode, run.err, run.bugs]).toEqual([code, `error: interrupted by ${name}\n`, []]);
});

test("an answer that was complete before the signal counts", async () => {
  const run = await calm(["status"], { signal: AbortSignal.abort("SIGINT") });
  expect(run.exitCode).toBe(0);
});

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

function failing(code: string): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(`write ${code}`), { code }));
    },
  });
}

test("a reader that went away is no error; a disk that is full is one", async () => {
  const gone = { ...fakeTerminal(), stdout: failing("EPIPE"), stderr: failing("EPIPE") };
  expect((await calm(["status", "health"], { terminal: gone })).exitCode).toBe(1);
  expect((await calm(["fail", "bug"], { terminal: gone })).exitCode).toBe(70);
  const sudden = new Writable({
    write() {
      throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    },
  });
  expect((await calm(["status"], { terminal: { ...fakeTerminal(), stdout: sudden } })).exitCode).toBe(0);
  const full = { ...fakeTerminal(), stdout: failing("ENOSPC") };
  const run = await calm(["status"], { terminal: full });
  expect([run.exitCode, run.err]).toEqual([8, "error: stdout could not be written: write ENOSPC\n"]);
});

test("colours follow each stream", async () => {
  const run = await calm(["status", "health"], { stderrTty: true });
  expect(run.err).toContain("\x1b[33mwarning:\x1b[39m something is odd");
  expect((await calm(["status", "health", "--color", "never"], { stderrTty: true })).err).not.toContain(
    "\x1b",
  );
  expect((await calm(["--help", "--color=always"])).out).toContain("\x1b[1m");
});

test("a Context that cannot be opened or closed leaves one document", async () => {
  const unopened = await calm(["status", "--json"], {
    openContext: () => {
      throw new Error("no home");
    },
  });
  expect([unopened.exitCode, JSON.parse(unopened.out)]).toMatchObject([70, { ok: false }]);
});

test("--version", async () => {
  expect((await calm(["--version"])).out).toBe("calm 1.2.3\n");
  expect(JSON.parse((await calm(["--version", "--json"])).out)).toMatchObject({ data: { version: "1.2.3" } });
});
