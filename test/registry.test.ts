import { describe, expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import type { Described } from "../src/cli/command.ts";
import { schemasOf } from "../src/cli/commands/schema.ts";
import { type Field, fieldsOf } from "../src/cli/fields.ts";
import { globalFlags } from "../src/cli/globals.ts";
import { operations } from "../src/operations/index.ts";
import { commandOf, lineProblem } from "./support/command-lines.ts";
import { realCalm } from "./support/real-calm.ts";

const entries = [...operations, ...commands];

test("names are lower-case words, and each is there once", () => {
  const names = entries.map(({ name }) => name);
  expect(names.filter((name) => !/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*){0,2}$/.test(name))).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names).not.toContain("help");
});

test("the built program, which makes its schemas late, has those of the sources", async () => {
  const named = operations.map(async (entry) => [entry.name, schemasOf(await entry.load())] as const);
  const { out } = await realCalm(["schema"], { cwd: ".", env: { PATH: process.env["PATH"] ?? "" } });
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(await Promise.all(named)))));
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
  const named = commandOf(example, entries);
  return named === target.name ? lineProblem(example, target, entries) : `names another command: ${named}`;
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
