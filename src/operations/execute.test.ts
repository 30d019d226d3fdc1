import * as z from "zod/mini";
import { expect, test } from "vitest";
import { echo } from "../../test/support/fake-operations.ts";
import { Failure } from "../failure.ts";
import { field } from "../model/field.ts";
import { Title } from "../model/task.ts";
import { parseInput } from "./execute.ts";

const target = echo(
  "thing make",
  z.strictObject({
    task_id: z.string(),
    title: z.optional(Title),
    kind: z._default(z.enum(["feature", "bug"]), "feature"),
    min_tests: z.optional(z.int().check(z.minimum(1))),
    touches: z.optional(z.array(field(z.string().check(z.minLength(2)), "part"))),
    yes: z._default(z.boolean(), false),
  }),
  { positional: ["task_id"] },
);

async function refusal(raw: unknown): Promise<Failure> {
  const error: unknown = await parseInput(target, raw).catch((reason: unknown) => reason);
  if (error instanceof Failure) return error;
  throw new Error("no Failure");
}

test("what fits comes out parsed, with defaults", async () => {
  expect(await parseInput(target, { task_id: "A", title: " t " })).toEqual({
    task_id: "A",
    title: "t",
    kind: "feature",
    yes: false,
  });
});

test.each([
  [{}, "<task-id> is missing", "calm thing make --help"],
  [{ task_id: 3 }, "<task-id>: expected string, received number", "calm thing make --help"],
  [{ task_id: "A", title: "  " }, "--title may not be empty", "calm thing make --help"],
  [
    { task_id: "A", kind: "bugg" },
    '--kind is one of feature, bug; not "bugg"',
    "Did you mean bug? See: calm thing make --help",
  ],
  [
    { task_id: "A", min_tests: 0 },
    "--min-tests: too small: expected number to be >=1",
    "calm thing make --help",
  ],
  [{ task_id: "A", min_tests: 1.5 }, "--min-tests is a whole number; not 1.5", "calm thing make --help"],
  [
    { task_id: "A", touches: ["ok", "x"] },
    "--touches: too small: expected string to have >=2 characters",
    "calm thing make --help",
  ],
  [{ task_id: "A", yes: "sure" }, "--yes: expected boolean, received string", "calm thing make --help"],
  [{ task_id: "A", no_such: 1, other: 2 }, "--no-such, --other is unknown", "calm thing make --help"],
  ["text", "Invalid input: expected object, received string", "calm thing make --help"],
])("%j is refused", async (raw, message, hint) => {
  const failure = await refusal(raw);
  expect([failure.code, failure.exitCode, failure.message, failure.hint]).toEqual([
    "invalid_input",
    2,
    message,
    hint,
  ]);
});

test("every mistake is told, in the details one by one", async () => {
  const failure = await refusal({ min_tests: 0 });
  expect(failure.message).toBe("<task-id> is missing; --min-tests: too small: expected number to be >=1");
  expect(failure.details).toEqual({
    issues: [
      { field: "task_id", message: "<task-id> is missing" },
      { field: "min_tests", message: "--min-tests: too small: expected number to be >=1" },
    ],
  });
});
