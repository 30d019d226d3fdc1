import * as z from "zod/mini";
import { expect, test } from "vitest";
import { taskCreate, taskDelete, taskShow } from "../../test/support/fake-operations.ts";
import { Failure } from "../failure.ts";
import { field } from "../model/field.ts";
import { Title } from "../model/task.ts";
import { fieldsOf } from "./fields.ts";
import { parseArguments } from "./parse-arguments.ts";

const create = (...args: string[]): Record<string, unknown> => parseArguments(taskCreate, args);

function refusal(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("no Failure");
}

test("a schema's wrappers are looked through", () => {
  const fields = fieldsOf(
    z.object({
      plain: z.string(),
      title: field(Title, "One line"),
      kind: z._default(z.enum(["a", "b"]), "a"),
      level: z.optional(z.nullable(z.int())),
      tags: z.optional(z.array(field(z.string(), "inner"))),
      either: z.union([z.literal("all"), z.enum(["x", "y"])]),
      free: z.union([z.literal("all"), z.string()]),
      on: z._default(z.boolean(), true),
      later: z.prefault(z.string(), "z"),
    }),
  );
  const brief = fields.map((one) => [one.flag, one.kind, one.list, one.choices, one.required, one.default]);
  expect(brief).toEqual([
    ["plain", "text", false, undefined, true, undefined],
    ["title", "text", false, undefined, true, undefined],
    ["kind", "text", false, ["a", "b"], false, "a"],
    ["level", "number", false, undefined, false, undefined],
    ["tags", "text", true, undefined, false, undefined],
    ["either", "text", false, ["all", "x", "y"], true, undefined],
    ["free", "text", false, undefined, true, undefined],
    ["on", "boolean", false, undefined, false, true],
    ["later", "text", false, undefined, false, "z"],
  ]);
  expect(fields[1]?.description).toBe("One line");
});

test("arguments, flags, numbers, switches", () => {
  expect(create("SPEC-1", "A title", "--type=bug", "--priority", "2", "--no-notify", "--no-cache")).toEqual({
    id: "SPEC-1",
    title: "A title",
    type: "bug",
    priority: 2,
    notify: false,
    no_cache: true,
  });
  expect(create("--notify", "--priority", "-1")).toEqual({ notify: true, priority: -1 });
});

test("lists take commas and repetition, and an empty text for none", () => {
  expect(create("--blocked-by", "A, B,", "--blocked-by=C", "--scores", "1,-2.5")).toEqual({
    blocked_by: ["A", "B", "C"],
    scores: [1, -2.5],
  });
  expect(create("--blocked-by", "")).toEqual({ blocked_by: [] });
  expect(parseArguments(taskDelete, ["A,B", "C"])).toEqual({ ids: ["A,B", "C"] });
});

test("a flag given twice has its last value", () => {
  expect(create("--type", "bug", "--type", "feature")).toEqual({ type: "feature" });
});

test("text that begins with a hyphen is a value where it cannot be a flag", () => {
  expect(create("--notes", "- first\n- second")).toEqual({ notes: "- first\n- second" });
  expect(create("--notes", "-")).toEqual({ notes: "-" });
  expect(create("--notes=--type")).toEqual({ notes: "--type" });
  expect(create("--", "-1", "--title")).toEqual({ id: "-1", title: "--title" });
});

test.each([
  [
    ["--titel", "x"],
    "Unknown flag: --titel",
    "<title> is given by position: calm task create <id> <title> [flags]",
  ],
  [["--typ", "bug"], "Unknown flag: --typ", "Did you mean --type? See: calm task create --help"],
  [["--jsno"], "Unknown flag: --jsno", "Did you mean --json? See: calm task create --help"],
  [["--no-type"], "Unknown flag: --no-type", "calm task create --help"],
  [["-1"], "Unknown flag: -1", "A value that begins with a hyphen comes after --: calm task create -- -1"],
  [
    ["SPEC-1", "-x y", "--priority", "1"],
    "Unknown flag: -x y",
    "A value that begins with a hyphen comes after --: calm task create SPEC-1 --priority 1 -- '-x y'",
  ],
  [["-rf"], "Unknown flag: -rf", "A value that begins with a hyphen comes after --: calm task create -- -rf"],
  [["--type"], "--type needs a value", "calm task create --help"],
  [["--type", "--notify"], "--type needs a value", "If --notify is the value, write --type=--notify"],
  [["--notes", "-x"], "--notes needs a value", "If -x is the value, write --notes=-x"],
  [["--notify=yes"], "--notify takes no value", "calm task create --help"],
  [["--priority", "high"], '--priority is a number; not "high"', "calm task create --help"],
  [["--priority", "0x10"], '--priority is a number; not "0x10"', "calm task create --help"],
  [["--priority", "1e3"], '--priority is a number; not "1e3"', "calm task create --help"],
  [["--priority="], '--priority is a number; not ""', "calm task create --help"],
  [["a", "b", "c"], "Unexpected argument: c", "Usage: calm task create <id> <title> [flags]"],
])("%j is refused", (args, message, hint) => {
  const failure = refusal(() => create(...args));
  expect([failure.code, failure.message, failure.hint]).toEqual(["invalid_input", message, hint]);
});

test("names of object members are no flags", () => {
  for (const name of ["--__proto__", "--constructor", "--toString=x", "--hasOwnProperty"]) {
    expect(refusal(() => parseArguments(taskShow, [name])).message).toContain("Unknown flag");
  }
});
