import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { roomOf, runCheck, runTests } from "./check-run.fixture.ts";
import { packageJson } from "./tree.fixture.ts";

const modules = join(import.meta.dirname, "../../../node_modules");
const recorded = join(import.meta.dirname, "reports/recorded");

function runVitest(argv: readonly string[], files: Readonly<Record<string, string>>) {
  const all = { "vitest.config.mjs": "export default {};", ...files };
  const path = roomOf(all);
  symlinkSync(modules, join(path, "node_modules"));
  return runCheck(all, { run: { kind: "argv", argv } }, { room: { path, kind: "clean" } });
}

const vitest = "node_modules/.bin/vitest";

const suite = (body: string) => `import { expect, test } from "vitest";\n${body}\n`;

test("vitest through two scripts of npm", async () => {
  const body = "test('adds', () => {}); test.skip('later', () => {});";
  const scripts = { test: "npm run unit", unit: "true && vitest run" };
  const files = { "package.json": packageJson(scripts), "a.test.js": suite(body) };
  const evidence = await runVitest(["npm", "run", "test"], files);
  expect(evidence).toMatchObject({
    verdict: "pass",
    counts: { total: 2, passed: 1, failed: 0, errors: 0, skipped: 1 },
  });
  expect(evidence.argv.slice(0, 6)).toEqual(["npm", "run", "test", "--", "--", "--reporter=default"]);
});

test("vitest with a failing test and a broken file", async () => {
  const files = {
    "a.test.js": suite("test('breaks', () => expect(1).toBe(2));"),
    "b.test.js": "import './none.js';",
  };
  const evidence = await runVitest([vitest], files);
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 1, counts: { passed: 0, failed: 2 } });
  expect(evidence.failedTests.map(({ name }) => name).join()).toMatch(/breaks/);
});

test("vitest that finds no test and is told to pass", async () => {
  const evidence = await runVitest([vitest, "run", "--passWithNoTests"], {});
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

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

test.skipIf(!has("pytest"))("pytest for real: a test that fails, a file that cannot be loaded", async () => {
  const files = {
    "test_a.py": "def test_adds(): pass\ndef test_breaks(): assert 1 == 2, 'no'\n",
    "test_b.py": "import none_such\n",
  };
  const evidence = await runTests("pytest -q -p no:cacheprovider --continue-on-collection-errors", files);
  expect(evidence).toMatchObject({
    verdict: "fail",
    exitCode: 1,
    counts: { passed: 1, failed: 1, errors: 1 },
  });
  expect(evidence.failedTests.map(({ name }) => name).join()).toMatch(/test_breaks/);
});

test("reports below another check's folder are that one's", async () => {
  const suite = (name: string) => `<testsuite><testcase name="${name}"/></testsuite>`;
  const write = (folder: string, name: string) =>
    `mkdir -p ${folder}/target/surefire-reports && echo '${suite(name)}' > ${folder}/target/surefire-reports/TEST-${name}.xml\n`;
  const mvn = { "bin/mvn": `#!/bin/sh\n${write("lib", "theirs")}${write("core", "own")}` };
  const folders = { folders: ["", "lib"] };
  expect(await runTests("mvn test", mvn, {}, folders)).toMatchObject({
    verdict: "pass",
    counts: { total: 1 },
  });
  const none = { "bin/mvn": `#!/bin/sh\n${write("lib", "theirs")}` };
  const evidence = await runTests("mvn test", none, {}, folders);
  expect(evidence.message).toMatch(/the report that calm asked for was not written/);
  expect(await runTests("mvn test", none)).toMatchObject({ verdict: "pass", counts: { total: 1 } });
});

const tap = { kind: "output", format: "tap" } as const;

test("TAP on the output of a script, without what it says to stderr", async () => {
  const script = "echo 1..2\necho ok 1 - a\necho 'ok 9 - z' >&2\necho ok 2 - b\n";
  const evidence = await runTests("sh tests.sh", { "tests.sh": script }, { report: tap });
  expect(evidence).toMatchObject({ verdict: "pass", counts: { total: 2, passed: 2 } });
  const short = await runTests("echo 1..2; echo ok 1", {}, { report: tap });
  expect(short).toMatchObject({ verdict: "fail", exitCode: 0, counts: { passed: 1, errors: 1 } });
  const silent = await runTests("true", {}, { report: tap });
  expect(silent.message).toMatch(/the tap report on its output cannot be counted: .* is empty/);
});

test("output that is cut is no report, although its part would pass", async () => {
  const flood = "echo 1..1; echo ok 1; head -c 5000 /dev/zero | tr '\\0' x";
  const evidence = await runTests(flood, {}, { report: tap, logLimit: 4000 });
  expect(evidence).toMatchObject({ verdict: "fail", exitCode: 0, counts: null });
  expect(evidence.message).toMatch(/what the command printed was too much to keep/);
});

test.skipIf(!has("make"))("make, with the report that the project names", async () => {
  const files = {
    Makefile: "test:\n\tcp one.xml out.xml\n",
    "one.xml": '<testsuite><testcase name="a"/></testsuite>',
  };
  const report = { kind: "file", format: "junit", path: "out.xml" } as const;
  expect(await runTests("make test", files, { report })).toMatchObject({
    ...{ verdict: "pass", counts: { total: 1, passed: 1 } },
  });
  expect(await runTests("make tset", files, { report })).toMatchObject({ verdict: "fail", exitCode: 2 });
});
