import { expect, test } from "vitest";
import { type FakeCliOptions, type FakeRun, runFake } from "../../test/support/fake-cli.ts";
import { fakeOperations } from "../../test/support/fake-operations.ts";

function calm(line: string, options: Partial<FakeCliOptions> = {}): Promise<FakeRun> {
  return runFake(line === "" ? [] : line.split(" "), { operations: fakeOperations, ...options });
}

test("calm, calm --help and calm help are one page, on stdout, with exit 0", async () => {
  const pages = await Promise.all([calm(""), calm("--help"), calm("-h"), calm("help")]);
  expect(pages.map(({ exitCode, err }) => [exitCode, err])).toEqual(pages.map(() => [0, ""]));
  expect(new Set(pages.map(({ out }) => out)).size).toBe(1);
  const page = pages[0].out;
  for (const { name } of fakeOperations) expect(page).toContain(`${name} `);
  expect(page).toContain("Echo of task create");
  expect(page).toContain("--color <auto|always|never>");
  expect(page).toContain("completion ");
  expect(page).not.toContain("complete ");
  expect(page).toContain("70 a bug");
});

test("summaries that the build collected spare loading any operation", async () => {
  const summaries = Object.fromEntries(fakeOperations.map(({ name }) => [name, `Built: ${name}`]));
  const run = await calm("--help", {
    summaries: { ...summaries, schema: "s", completion: "c" },
  });
  expect(run.loaded).toEqual([]);
  expect(run.out).toContain("Built: task show");
});

test("a group alone shows its commands, with exit 0", async () => {
  const [alone, asked, help] = await Promise.all([calm("task"), calm("task --help"), calm("help task")]);
  expect(alone.exitCode).toBe(0);
  expect(asked.out).toBe(alone.out);
  expect(help.out).toBe(alone.out);
  expect(alone.out).toContain("task create");
  expect(alone.out).not.toContain("session save");
  expect(alone.loaded).not.toContain("fail");
});

test("a command's page has usage, arguments, flags, defaults, choices and examples", async () => {
  const [run, help] = await Promise.all([calm("task create --help"), calm("help task create")]);
  expect([run.exitCode, run.loaded, run.requests]).toEqual([0, ["task create"], []]);
  expect(help.out).toBe(run.out);
  for (const part of [
    "Echo of task create",
    "calm task create <id> <title> [flags]",
    "<id>                          Id of the new task",
    "--type <feature|bug>          Kind of task (default: feature)",
    "--priority <number>           0 is the most urgent",
    "--blocked-by <text,...>       Tasks that come first; may be repeated",
    "--[no-]notify",
    '$ calm task create SPEC-1 "A title" --type bug',
    "-C <dir>",
    "0 done, 1 the answer is no",
  ]) {
    expect(run.out).toContain(part);
  }
  expect((await calm("session save --help")).out).toContain(
    "Standard input, when it is not a terminal, gives text.",
  );
});

test("help keeps to the width of the terminal and is one document under --json", async () => {
  const narrow = await calm("task create --help", { tty: true, columns: 60, env: { NO_COLOR: "1" } });
  expect(Math.max(...narrow.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
  const json = await calm("task --help --json");
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, kind: "help" });
});

test("help of what does not exist is a usage error", async () => {
  expect((await calm("nonsense --help")).exitCode).toBe(2);
  expect((await calm("help task nonsense")).exitCode).toBe(2);
});
