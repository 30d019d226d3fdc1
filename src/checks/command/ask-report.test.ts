import { expect, test } from "vitest";
import { askForReport } from "./ask-report.ts";
import type { CommandLine } from "./definition.ts";
import { packageJson, testsDefinition, treeOf } from "./tree.fixture.ts";

const folder = "/tmp/a b";
const file = `${folder}/calm-report`;
const base = { "package.json": packageJson({ test: "vitest run" }) };

function ask(run: CommandLine, files: Readonly<Record<string, string>> = {}, env = {}) {
  return askForReport(testsDefinition({ run }), treeOf({ ...base, ...files }), folder, env);
}

const line = (text: string): CommandLine => ({ kind: "shell", line: text });
const inFile = (format: string) => ({ in: "folder", path: "calm-report", format });

test("vitest and jest get words, through npm's --", async () => {
  const words = ["--reporter=default", "--reporter=junit", `--outputFile.junit=${file}`];
  expect(await ask({ kind: "argv", argv: ["npm", "test"] })).toEqual({
    run: { kind: "argv", argv: ["npm", "test", "--", ...words] },
    ...{ appended: {}, env: {}, files: {} },
    report: inFile("junit"),
  });
  expect(await ask(line("tsc && jest --ci\n"))).toMatchObject({
    run: { kind: "shell", line: `tsc && jest --ci --json '--outputFile=${file}'` },
    report: inFile("jest"),
  });
  expect(await ask(line("mocha"))).toMatchObject({
    run: { kind: "shell", line: `mocha --reporter=xunit '--reporter-option=output=${file}'` },
  });
});

test("node, pytest and rspec get a variable and the same command", async () => {
  expect(await ask(line("node --test"))).toMatchObject({
    run: line("node --test"),
    appended: {
      NODE_OPTIONS:
        `--test-reporter=junit --test-reporter-destination="${file}" ` +
        "--test-reporter=spec --test-reporter-destination=stdout",
    },
  });
  expect(await ask(line("pytest -q"))).toMatchObject({
    run: line("pytest -q"),
    appended: { PYTEST_ADDOPTS: `--junit-xml='${file}'` },
  });
  for (const rspec of ["bundle exec rspec", "rspec --format documentation", "bundle exec rake spec"]) {
    expect(await ask(line(rspec))).toMatchObject({
      run: line(rspec),
      appended: { SPEC_OPTS: `--format progress --format json --out '${file}'` },
      report: inFile("rspec"),
    });
  }
});

test("AVA prints TAP, unless it watches", async () => {
  const report = { in: "output", format: "tap" };
  expect(await ask(line("c8 ava --serial"))).toMatchObject({ run: line("c8 ava --serial --tap"), report });
  expect(await ask(line("ava -t"))).toMatchObject({ run: line("ava -t"), report });
  expect(await ask(line("npm test"), { "package.json": packageJson({ test: "xo && ava" }) })).toMatchObject({
    ...{ run: line("npm test -- --tap"), report },
  });
  expect(await ask(line("ava --watch"))).toBeUndefined();
});

test("go and phpunit get words", async () => {
  expect(await ask(line("go test ./..."))).toMatchObject({
    run: line("go test ./... -json"),
    report: { in: "output", format: "go" },
  });
  expect(await ask(line("go test -json ./..."))).toMatchObject({ run: line("go test -json ./...") });
  expect(await ask(line("vendor/bin/phpunit --testdox"))).toMatchObject({
    run: line(`vendor/bin/phpunit --testdox --log-junit '${file}'`),
    report: inFile("junit"),
  });
});

test("bats writes into calm's folder", async () => {
  expect(await ask(line("bats test"))).toMatchObject({
    run: line(`bats test --report-formatter junit --output '${folder}'`),
    report: { in: "folder", path: "report.xml", format: "junit" },
  });
});

test("Maven and Gradle write into the project; Gradle is made to run tests again", async () => {
  expect(await ask(line("./mvnw -B verify"))).toMatchObject({
    run: line("./mvnw -B verify"),
    report: { in: "project", path: "**/target/{surefire,failsafe}-reports/TEST-*.xml", format: "junit" },
  });
  expect(await ask(line("./gradlew :app:test"))).toMatchObject({
    run: line(`./gradlew :app:test --init-script '${folder}/always-test.gradle'`),
    report: { in: "project", path: "**/build/test-results/**/TEST-*.xml" },
    files: { "always-test.gradle": expect.stringContaining("upToDateWhen { false }") as string },
  });
});

test("cargo is asked for JSON, for its test programs alone", async () => {
  const asked = await ask(line("cargo test --workspace"), {}, { RUSTDOC: "/opt/rustdoc" });
  expect(asked).toMatchObject({
    run: line("cargo test --workspace -- -Z unstable-options --format json"),
    env: { RUSTDOC: `${folder}/rustdoc`, CALM_RUSTDOC: "/opt/rustdoc" },
    report: { in: "output", format: "cargo" },
  });
  expect(Object.values(asked?.appended ?? {})).toContain("env RUSTC_BOOTSTRAP=calm_counts_tests");
  expect(await ask(line("cargo test -- --test-threads 1"))).toMatchObject({
    run: line("cargo test -- --test-threads 1 -Z unstable-options --format json"),
  });
  const own = { ".cargo/config.toml": "[target.x86_64-unknown-linux-gnu]\nrunner = 'sudo -E'\n" };
  expect(await ask(line("cargo test"), own)).toBeUndefined();
});

test("nextest gets a configuration, or its own report is taken", async () => {
  expect(await ask(line("cargo nextest run"))).toMatchObject({
    run: line(`cargo nextest run --tool-config-file 'calm:${folder}/nextest.toml'`),
    files: { "nextest.toml": `[profile.default.junit]\npath = "${file}"\n` },
    report: inFile("junit"),
  });
  const own = { ".config/nextest.toml": '[profile.ci.junit]\npath = "junit.xml"\n' };
  expect(await ask(line("cargo nextest run -P ci"), own)).toMatchObject({
    run: line("cargo nextest run -P ci"),
    report: { in: "project", path: "target/nextest/**/*.xml" },
  });
});

test("minitest is asked where a gem of the project can answer", async () => {
  expect(await ask(line("bundle exec rake test"))).toBeUndefined();
  const gem = { "Gemfile.lock": "GEM\n  specs:\n    minitest-junit (2.1.0)\n" };
  expect(await ask(line("bundle exec rake test"), gem)).toMatchObject({
    run: line("bundle exec rake test"),
    appended: { TESTOPTS: `--junit '--junit-filename=${file}'` },
  });
  expect(await ask(line("bin/rails test"), gem)).toMatchObject({
    run: line(`bin/rails test --junit '--junit-filename=${file}'`),
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
  "cargo test --target wasm32-wasip1",
  "cargo test -- --format pretty",
  "cargo nextest run -- some_test",
  "go test ./... -args -x",
  "go test -json=false ./...",
  "vendor/bin/phpunit --log-junit mine.xml",
  "bats --report-formatter tap -o out test",
])("is not asked: %s", async (text) => {
  expect(await ask(line(text))).toBeUndefined();
});
