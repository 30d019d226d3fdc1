import * as z from "zod/mini";
import { describe, expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import type { Described } from "../src/cli/command.ts";
import { schemasOf } from "../src/cli/commands/schema.ts";
import { type Field, fieldsOf } from "../src/cli/fields.ts";
import { findCommand } from "../src/cli/find-command.ts";
import { globalFlags, readGlobals } from "../src/cli/globals.ts";
import { parseArguments } from "../src/cli/parse-arguments.ts";
import { operations } from "../src/operations/index.ts";
import { ownWords } from "./support/example-line.ts";

const entries = [...operations, ...commands];

test("names are lower-case words, and each is there once", () => {
  const names = entries.map(({ name }) => name);
  expect(names.filter((name) => !/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*){0,2}$/.test(name))).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names).not.toContain("help");
});

/** Fields whose name says all, in an output; an input's always needs a sentence unless it is one of these. */
const plainNames = /^(id|title|name|type|phase|status|yes|dry_run|.*_(at|sha|id|path))$/;

function inputProblems(target: Described, fields: readonly Field[]): string[] {
  const globals = globalFlags.map(({ flag }) => flag);
  const problems: string[] = [];
  for (const { name, flag, description, choices } of fields) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`${name} is not snake_case`);
    if (globals.includes(flag)) problems.push(`--${flag} is a global flag`);
    if (description === undefined && !choices && !plainNames.test(name))
      problems.push(`${name} has no description`);
  }
  const known = fields.map(({ name }) => name);
  const named = [...(target.positional ?? []), ...(target.stdin === undefined ? [] : [target.stdin])];
  problems.push(
    ...named.filter((name) => !known.includes(name)).map((name) => `${name} is no field of the input`),
  );
  const positional = (target.positional ?? []).flatMap(
    (name) => fields.find((one) => one.name === name) ?? [],
  );
  positional.slice(0, -1).forEach((one, index) => {
    if (one.list) problems.push(`only the last argument may be a list, ${one.name} is not`);
    if (!one.required && positional[index + 1]?.required)
      problems.push(`${one.name} may be left out before a required one`);
  });
  return problems;
}

function exampleProblem(target: Described, example: string): string | undefined {
  const { words, piped } = ownWords(example);
  const { rest, problem } = readGlobals(words);
  if (problem) return problem.message;
  try {
    const found = findCommand(
      rest.filter((word) => !word.startsWith("-")),
      entries,
    );
    if (found.kind === "group" || found.entry.name !== target.name) return "names another command";
    const raw = parseArguments(target, rest.slice(found.words));
    const stdin = piped && target.stdin !== undefined ? { [target.stdin]: "piped text" } : {};
    const parsed = z.safeParse(target.input, { ...stdin, ...raw });
    return parsed.success ? undefined : parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  } catch (error) {
    return String(error);
  }
}

describe.each(entries.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
  test("has its own name, one summary line, described input and examples that parse", async () => {
    const target = await entry.load();
    expect(target.name).toBe(name);
    expect(target.summary).toMatch(/^[A-Z][^\n]{5,98}[^.\n]$/);
    expect(inputProblems(target, fieldsOf(target.input))).toEqual([]);
    expect(target.examples.length).toBeGreaterThan(0);
    const problems = target.examples.flatMap((example) => {
      const problem = exampleProblem(target, example);
      return problem === undefined ? [] : [`${example}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });
});

describe.each(operations.map((entry) => [entry.name, entry] as const))("operation %s", (_, entry) => {
  test("has JSON Schemas, and the flags that its effect asks for", async () => {
    const operation = await entry.load();
    expect(schemasOf(operation)).toMatchObject({ input: { type: "object" }, output: { type: "object" } });
    expect(operation.kind).toMatch(/^[a-z][a-z_]*$/);
    const fields = Object.keys(operation.input.shape);
    if (operation.effect === "destroy") expect(fields).toEqual(expect.arrayContaining(["yes", "dry_run"]));
    if (operation.effect === "read") expect(fields).not.toContain("yes");
    if (operation.passed) expect(Object.keys(operation.output.shape)).toContain("passed");
  });
});
