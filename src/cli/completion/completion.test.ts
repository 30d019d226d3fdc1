import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type FakeCliOptions, runFake } from "../../../test/support/fake-cli.ts";
import { fakeOperations } from "../../../test/support/fake-operations.ts";
import { Failure } from "../../failure.ts";

async function complete(line: string, options: Partial<FakeCliOptions> = {}): Promise<string[]> {
  const words = line.split(" ");
  const run = await runFake(["complete", "--", ...words], { operations: fakeOperations, ...options });
  expect([run.exitCode, run.err, run.left]).toEqual([0, "", 0]);
  return run.out.trimEnd().split("\n");
}

const values = (lines: readonly string[]): string[] => lines.map((line) => line.split("\t")[0] ?? "");

test("commands and groups, without the hidden one", async () => {
  expect(await complete("ta")).toEqual(["task\tcreate, list, show, delete", ":4"]);
  expect(values(await complete("task "))).toEqual(["create", "list", "show", "delete", ":4"]);
  expect(values(await complete("com"))).toEqual(["completion", ":4"]);
  expect(values(await complete("status h"))).toEqual(["health", ":4"]);
});

test("flags with their descriptions, global ones too", async () => {
  expect(await complete("task create --ty")).toEqual(["--type\tKind of task", ":4"]);
  expect(values(await complete("task create --no-n"))).toEqual(["--no-notify", ":4"]);
  expect(values(await complete("task create --js"))).toEqual(["--json", ":4"]);
});

test("global flags complete before any command", async () => {
  expect(values(await complete("--js"))).toEqual(["--json", ":4"]);
  expect(values(await complete("--json --qu"))).toEqual(["--quiet", ":4"]);
});

test("choices, phases, lists and global choices", async () => {
  expect(values(await complete("task create --type "))).toEqual(["feature", "bug", ":4"]);
  expect(values(await complete("task create --type=b"))).toEqual(["bug", ":4"]);
  expect(values(await complete("task list --phase IM"))).toEqual(["IMPLEMENT", ":4"]);
  expect(values(await complete("task create --blocked-by SPEC-1,"))).toEqual([
    "SPEC-1,SPEC-1",
    "SPEC-1,SPEC-2",
    ":4",
  ]);
  expect(values(await complete("task list --color "))).toEqual(["auto", "always", "never", ":4"]);
  expect(values(await complete("completion "))).toEqual(["bash", "zsh", "fish", ":4"]);
  expect(await complete("task list -C ")).toEqual([":16"]);
});

test("live ids come from the list operation, at the line's own place, and are safe words", async () => {
  const run = await runFake(["complete", "--", "-C", "/there", "task", "--project", "p", "show", ""], {
    operations: fakeOperations,
  });
  expect(run.out).toBe("SPEC-1\tfirst title here\nSPEC-2\tsecond\n:4\n");
  expect(run.requests).toHaveLength(1);
  expect(run.requests[0]).toMatchObject({ operation: "task list", directory: "/there", project: "p" });
  expect(values(await complete("task show --phase=x SPEC-2"))).toEqual(["SPEC-2", ":4"]);
});

test("a new thing's id is not proposed, and nothing is opened without need", async () => {
  const run = await runFake(["complete", "--", "task", "create", ""], { operations: fakeOperations });
  expect([run.out, run.requests]).toEqual([":4\n", []]);
  const flags = await runFake(["complete", "--", "task", "show", "--"], { operations: fakeOperations });
  expect(flags.requests).toEqual([]);
});

test("completion never fails and never prints an error", async () => {
  const openContext = (): never => {
    throw new Failure("not_a_repository", "Not a repository");
  };
  expect(await complete("task show ", { openContext })).toEqual([":4"]);
  expect(await complete("nonsense here --x ")).toEqual([":4"]);
  expect(await complete("")).toContain(":4");
  expect((await runFake(["complete", "--"], { operations: fakeOperations })).exitCode).toBe(0);
});

test("the scripts ask calm itself, and bash can read its own", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const run = await runFake(["completion", shell], { operations: [] });
    expect([run.exitCode, run.err]).toEqual([0, ""]);
    expect(run.out).toContain("calm complete -- ");
    if (shell === "bash") execFileSync("bash", ["-n"], { input: run.out });
  }
  const json = await runFake(["completion", "bash", "--json"], { operations: [] });
  expect(JSON.parse(json.out)).toMatchObject({ kind: "completion", data: { shell: "bash" } });
  const unknown = await runFake(["completion", "bsh"], { operations: [] });
  expect([unknown.exitCode, unknown.err]).toEqual([
    2,
    'error: <shell> is one of bash, zsh, fish; not "bsh"\nhint: Did you mean bash? See: calm completion --help\n',
  ]);
});
