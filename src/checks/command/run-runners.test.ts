import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { roomOf, runCheck, runTests } from "./check-run.fixture.ts";
import { packageJson } from "./tree.fixture.ts";

const modules = join(import.meta.dirname, "../../../node_modules");
const recorded = join(import.meta.dirname, "reports/recorded");

function runVitest(files: Readonly<Record<string, string>>, scripts: Readonly<Record<string, string>>) {
  const all = { "package.json": packageJson(scripts), "vitest.config.mjs": "export default {};", ...files };
  const path = roomOf(all);
  symlinkSync(modules, join(path, "node_modules"));
  return runCheck(
    all,
    { run: { kind: "argv", argv: ["npm", "run", "test"] } },
    { room: { path, kind: "clean" } },
  );
}

const suite = (body: string) => `import { expect, test } from "vitest";\n${body}\n`;

test("vitest through three scripts of npm", async () => {
  const body = "test('adds', () => {}); test.skip('later', () => {});";
  const scripts = { test: "npm run unit", unit: "true && npm run go", go: "vitest run" };
  const evidence = await runVitest({ "a.test.js": suite(body) }, scripts);
  expect(evidence).toMatchObject({
    verdict: "pass",
    counts: { total: 2, passed: 1, failed: 0, errors: 0, skipped: 1 },
  });
  expect(evidence.argv.slice(0, 6)).toEqual(["npm", "run", "test", "--", "--", "--"]);
});

test("vitest with a failing test and a broken file", async () => {
  const files = {
    "a.test.js": suite("test('breaks', () => expect(1).toBe(2));"),
    "b.test.js": "import './none.js';",
  };
  const evidence = await runVitest(files, { test: "vitest" });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 1, counts: { passed: 0, failed: 2 } });
  expect(evidence.failedTests.map(({ name }) => name).join()).toMatch(/breaks/);
});

test("vitest that finds no test and is told to pass", async () => {
  const evidence = await runVitest({}, { test: "vitest run --passWithNoTests" });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 0 });
});

const jest = `#!/bin/sh
for word; do case $word in --outputFile=*) cp '${recorded}/jest.json' "\${word#*=}";; --json) json=1;; esac; done
exit $json
`;
const pytest = `#!/bin/sh
eval "set -- $PYTEST_ADDOPTS"
cp '${recorded}/pytest.xml' "\${2#--junit-xml=}"
exit 1
`;

test("jest is asked by words", async () => {
  const evidence = await runTests("jest --ci", { "bin/jest": jest });
  expect(evidence).toMatchObject({
    verdict: "fail",
    exitCode: 1,
    counts: { total: 5, failed: 1, errors: 1 },
  });
  expect(evidence.message).toMatch(/^2 of 5 tests failed: breaks, /);
});

test("pytest is asked by its variable, after the developer's own", async () => {
  const bin = { "bin/pytest": pytest };
  const changes = { env: { PATH: "bin:/usr/bin:/bin", PYTEST_ADDOPTS: "-q" } };
  const evidence = await runTests("pytest", bin, {}, changes);
  expect(evidence).toMatchObject({
    verdict: "fail",
    exitCode: 1,
    counts: { total: 7, failed: 1, errors: 3, skipped: 2 },
  });
});

test("a runner that does not write what it was asked for is not believed", async () => {
  const evidence = await runTests("jest", { "bin/jest": "#!/bin/sh\nexit 0\n" });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 0, counts: null });
  expect(evidence.message).toMatch(/the report that calm asked for was not written/);
});
