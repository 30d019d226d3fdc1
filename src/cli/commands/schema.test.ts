import { expect, test } from "vitest";
import { runFake } from "../../../test/support/fake-cli.ts";
import { fakeOperations } from "../../../test/support/fake-operations.ts";

async function schema(...words: string[]): Promise<Record<string, unknown>> {
  const run = await runFake(["schema", ...words], { operations: fakeOperations });
  expect([run.exitCode, run.err]).toEqual([0, ""]);
  return JSON.parse(run.out) as Record<string, unknown>;
}

test("one command: defaults are not required, descriptions are there", async () => {
  expect(await schema("task", "create")).toMatchObject({
    input: {
      required: ["id", "title"],
      properties: { type: { default: "feature", enum: ["feature", "bug"], description: "Kind of task" } },
    },
    output: { type: "object", required: ["got"] },
  });
});

test("all commands, and the configuration", async () => {
  expect(Object.keys(await schema())).toEqual(fakeOperations.map(({ name }) => name));
  expect(await schema("config")).toMatchObject({ type: "object", properties: { max_workers: {} } });
});

test("an unknown one is a usage error; --json wraps", async () => {
  const run = await runFake(["schema", "task", "creat"], { operations: fakeOperations });
  expect([run.exitCode, run.err]).toEqual([
    2,
    "error: No schema for: task creat\nhint: Did you mean: calm schema task create?\n",
  ]);
  const group = await runFake(["schema", "task"], { operations: fakeOperations });
  const [first] = fakeOperations.filter(({ name }) => name.startsWith("task "));
  expect(group.err).toContain(`Did you mean: calm schema ${first?.name ?? ""}?`);
  const json = await runFake(["schema", "config", "--json"], { operations: [] });
  expect(JSON.parse(json.out)).toMatchObject({ v: 1, ok: true, kind: "schema", data: { type: "object" } });
});
