import { expect, test } from "vitest";
import type { CommandDefinition } from "./command/definition.ts";
import { testsDefinition } from "./command/tree.fixture.ts";
import { partsOfTests } from "./test-parts.ts";

const part = (check: string, folder: string, runner: CommandDefinition["runner"]) =>
  testsDefinition({ check, folder, runner });

const parts = [
  part("tests:javascript", "", "vitest"),
  part("tests:python", "", "pytest"),
  part("tests:web", "web", "jest"),
  part("tests:web/admin", "web/admin", "unknown"),
];

test.each([
  ["test/a.test.ts", ["tests:javascript"]],
  ["tests/test_a.py", ["tests:python"]],
  ["tests/data.json", ["tests:javascript", "tests:python"]],
  ["web/test/a.test.js", ["tests:web"]],
  ["web/test/data.json", ["tests:web"]],
  // No runner of web/ reads Python.
  ["web/test/test_a.py", ["tests:python"]],
  ["web/admin/test/a.test.js", ["tests:web/admin"]],
  ["website/test/a.test.js", ["tests:javascript"]],
])("%s belongs to %j", (path, owners) => {
  expect(partsOfTests(parts, [path]).map(({ definition }) => definition.check)).toEqual(owners);
});

test("each part has its own files; a file that no runner of any part reads goes to the nearest ones", () => {
  const found = partsOfTests(parts, ["web/test/a.test.js", "tests/test_a.py", "web/test/b.test.js"]);
  expect(found.map(({ definition, paths }) => [definition.check, paths])).toEqual([
    ["tests:python", ["tests/test_a.py"]],
    ["tests:web", ["web/test/a.test.js", "web/test/b.test.js"]],
  ]);
  const go = partsOfTests([part("tests:web", "web", "jest")], ["web/a_test.go", "api/a_test.go"]);
  expect(go.map(({ paths }) => paths)).toEqual([["web/a_test.go"]]);
});
