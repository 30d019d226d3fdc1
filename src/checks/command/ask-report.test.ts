import { expect, test } from "vitest";
import { askForReport } from "./ask-report.ts";
import type { CommandLine } from "./definition.ts";
import { packageJson, testsDefinition, treeOf } from "./tree.fixture.ts";

const file = "/tmp/a b/report";
const tree = treeOf({ "package.json": packageJson({ test: "vitest run" }) });

function ask(run: CommandLine) {
  return askForReport(testsDefinition({ run }), tree, file);
}

test("vitest and jest get words, through npm's --", async () => {
  const words = ["--reporter=default", "--reporter=junit", `--outputFile.junit=${file}`];
  expect(await ask({ kind: "argv", argv: ["npm", "test"] })).toEqual({
    run: { kind: "argv", argv: ["npm", "test", "--", ...words] },
    appended: {},
    format: "junit",
  });
  expect(await ask({ kind: "shell", line: "tsc && jest --ci\n" })).toMatchObject({
    run: { kind: "shell", line: `tsc && jest --ci --json '--outputFile=${file}'` },
    format: "jest",
  });
  expect(await ask({ kind: "shell", line: "mocha" })).toMatchObject({
    run: { kind: "shell", line: `mocha --reporter=xunit '--reporter-option=output=${file}'` },
  });
});

test("node and pytest get a variable and the same command", async () => {
  const node = { kind: "shell", line: "node --test" } as const;
  expect(await ask(node)).toMatchObject({
    run: node,
    appended: {
      NODE_OPTIONS:
        `--test-reporter=junit --test-reporter-destination="${file}" ` +
        "--test-reporter=spec --test-reporter-destination=stdout",
    },
  });
  const pytest = { kind: "shell", line: "pytest -q" } as const;
  expect(await ask(pytest)).toMatchObject({
    run: pytest,
    appended: { PYTEST_ADDOPTS: `--junit-xml='${file}'` },
  });
});

test.each([
  "node --test --test-reporter=tap",
  "pytest --junitxml=mine.xml",
  "vitest run --outputFile=mine.json",
  "jest --json",
  "mocha -R dot",
  "python -I -m unittest",
  "make test",
  "vitest run && echo done",
])("is not asked: %s", async (line) => {
  expect(await ask({ kind: "shell", line })).toBeUndefined();
});
