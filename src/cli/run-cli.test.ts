import { expect, test } from "vitest";
import { calm } from "../../test/support/fake-operations.ts";

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

test("an answer that was complete before the signal counts", async () => {
  const run = await calm(["status"], { signal: AbortSignal.abort("SIGINT") });
  expect(run.exitCode).toBe(0);
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
