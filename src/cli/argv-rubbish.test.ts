import fc from "fast-check";
import { expect, test } from "vitest";
import { runFake } from "../../test/support/fake-cli.ts";
import { fakeOperations } from "../../test/support/fake-operations.ts";

const operations = fakeOperations.filter(({ name }) => name !== "fail");

const word = fc.oneof(
  fc.constantFrom(
    ...["task", "create", "list", "show", "delete", "status", "health", "session", "save", "help", "schema"],
    ...[
      "--json",
      "--quiet",
      "--help",
      "-h",
      "--",
      "-",
      "",
      "-C",
      "-C=x",
      "--project",
      "--color",
      "--color=never",
    ],
    ...[
      "--type",
      "--type=bug",
      "bug",
      "--no-notify",
      "--priority",
      "3",
      "-1",
      "--blocked-by",
      "a,b",
      "--x=",
      "-rf",
    ],
    ...[
      "complete",
      "completion",
      "bash",
      "--version",
      "--no-input",
      "--__proto__",
      "constructor",
      "\x1b[2J",
      "\0",
    ],
  ),
  fc
    .array(fc.integer({ min: 0, max: 0x10_ff_ff }), { maxLength: 12 })
    .map((points) => String.fromCodePoint(...points)),
);

test("no command line, however odd, is a defect or leaves a Context open", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (argv) => {
      const run = await runFake(argv, { operations, stdin: "piped" });
      expect([0, 1, 2]).toContain(run.exitCode);
      expect([run.bugs, run.left]).toEqual([[], 0]);
      expect(run.err).not.toMatch(/\n {4}at |[^\n\t\P{Cc}]/u);
    }),
    { numRuns: 400 },
  );
});

test("under --json there is exactly one document, on stdout, whatever the line", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (argv) => {
      // A shell's script reads the answer of `complete`; it is no document.
      fc.pre(!argv.includes("complete"));
      const run = await runFake(["--json", ...argv], { operations, stdin: "piped" });
      const document: unknown = JSON.parse(run.out);
      expect(document).toMatchObject({ v: 1, ok: run.exitCode < 2 });
      expect(run.out.trimEnd()).not.toContain("\n");
    }),
    { numRuns: 400 },
  );
});
