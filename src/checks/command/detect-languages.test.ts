import { expect, test } from "vitest";
import { commandText, runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { detectSetup } from "./setup.ts";
import { treeOf } from "./tree.fixture.ts";

/** What is detected, as text: the command and the file that it was detected by. */
async function detect(files: Readonly<Record<string, string>>) {
  const checks = await detectChecks(treeOf(files));
  return Object.fromEntries(
    Object.entries(checks).map(([name, found]) => {
      const text = runsCommand(found) ? commandText(found.run) : "none" in found ? `none: ${found.none}` : "";
      return [name, `${text} (${found.source.file})`];
    }),
  );
}

/** A test runner that is asked for its report, and demands a test. */
async function runnerOf(files: Readonly<Record<string, string>>) {
  const { tests } = await detectChecks(treeOf(files));
  if (!tests || !runsCommand(tests)) return undefined;
  expect(tests).toMatchObject({ report: { kind: "asked" }, minTests: 1, isTests: true });
  return tests.runner;
}

const compiled = (file: string) => `none: the compiler checks types when the tests are built (${file})`;

test("Rust: cargo test and clippy, or nextest", async () => {
  const manifest = { "Cargo.toml": "[package]\nname = 'a'\n" };
  expect(await detect(manifest)).toEqual({
    tests: "cargo test --no-fail-fast (Cargo.toml)",
    lint: "cargo clippy --all-targets -- -D warnings (Cargo.toml)",
    types: compiled("Cargo.toml"),
  });
  const workspace = { "Cargo.toml": "[workspace]\nmembers = ['a']\n", "Cargo.lock": "", "clippy.toml": "" };
  expect(await detect(workspace)).toMatchObject({
    tests: "cargo test --workspace --locked --no-fail-fast (Cargo.toml)",
    lint: "cargo clippy --workspace --locked --all-targets -- -D warnings (clippy.toml)",
  });
  const nextest = { ...manifest, ".config/nextest.toml": "" };
  expect(await detect(nextest)).toMatchObject({
    tests: "cargo nextest run --no-fail-fast (.config/nextest.toml)",
  });
  expect([await runnerOf(manifest), await runnerOf(nextest)]).toEqual(["cargo", "nextest"]);
});

test("Go: a module or the modules of a workspace", async () => {
  expect(await detect({ "go.mod": "module m\n" })).toEqual({
    tests: "go test ./... (go.mod)",
    lint: "go vet ./... (go.mod)",
    types: compiled("go.mod"),
  });
  const work = 'go 1.22\n\nuse (\n\t./a // first\n\t"./b/c"\n)\nuse ./d\nuse .\n';
  expect(await detect({ "go.work": work, "go.mod": "", ".golangci.yml": "" })).toMatchObject({
    tests: "go test ./a/... ./b/c/... ./d/... ./... (go.work)",
    lint: "golangci-lint run ./a/... ./b/c/... ./d/... ./... (.golangci.yml)",
  });
  expect(await detect({ "go.work": "go 1.22\n" })).toEqual({});
  expect(await runnerOf({ "go.mod": "" })).toBe("go");
});

test("Maven: the project's own copy, the integration tests, the linters of the build", async () => {
  expect(await detect({ "pom.xml": "<project/>" })).toEqual({
    tests: "mvn -B test (pom.xml)",
    lint: "none: neither checkstyle nor spotless is configured (pom.xml)",
    types: compiled("pom.xml"),
  });
  const plugins = "spotless-maven-plugin maven-checkstyle-plugin maven-failsafe-plugin";
  expect(await detect({ "pom.xml": plugins, mvnw: "" })).toMatchObject({
    tests: "sh ./mvnw -B verify (pom.xml)",
    lint: "sh ./mvnw -B spotless:check checkstyle:check (pom.xml)",
  });
  expect(await runnerOf({ "pom.xml": "" })).toBe("maven");
});

test("Gradle: the project's own copy, and the build that the project ships wins over another", async () => {
  const build = { "build.gradle.kts": 'plugins {\n  id("checkstyle")\n  id("com.diffplug.spotless")\n}\n' };
  expect(await detect({ ...build, gradlew: "", "settings.gradle.kts": "" })).toMatchObject({
    tests: "sh ./gradlew test --continue (build.gradle.kts)",
    lint: "sh ./gradlew spotlessCheck checkstyleMain checkstyleTest (build.gradle.kts)",
  });
  expect(await detect({ "build.gradle": "", "pom.xml": "", gradlew: "" })).toMatchObject({
    tests: "sh ./gradlew test --continue (build.gradle)",
    lint: "none: neither checkstyle nor spotless is configured (build.gradle)",
  });
  expect(await detect({ "build.gradle": "", "pom.xml": "" })).toMatchObject({
    tests: "mvn -B test (pom.xml)",
  });
  expect(await runnerOf({ "settings.gradle": "" })).toBe("gradle");
});

const composer = (dependencies: Readonly<Record<string, string>>, config = {}) => ({
  "composer.json": JSON.stringify({ require: { php: ">=8" }, "require-dev": dependencies, config }),
});

test("PHP: phpunit or pest, and the tools that are configured", async () => {
  const files = {
    ...composer({ "phpunit/phpunit": "^11" }),
    "phpunit.xml.dist": "",
    "phpstan.dist.neon": "",
  };
  expect(await detect(files)).toEqual({
    tests: "vendor/bin/phpunit (phpunit.xml.dist)",
    lint: "none: neither phpcs nor php-cs-fixer is configured (composer.json)",
    types: "vendor/bin/phpstan analyse --no-progress (phpstan.dist.neon)",
  });
  const pest = {
    ...composer({ "pestphp/pest": "^3" }, { "bin-dir": "bin" }),
    "phpcs.xml": "",
    "psalm.xml": "",
  };
  expect(await detect(pest)).toEqual({
    tests: "bin/pest (composer.json)",
    lint: "bin/phpcs (phpcs.xml)",
    types: "bin/psalm --no-progress (psalm.xml)",
  });
  expect(await detect({ ...composer({}), ".php-cs-fixer.dist.php": "" })).toEqual({
    lint: "vendor/bin/php-cs-fixer fix --dry-run --diff (.php-cs-fixer.dist.php)",
    types: "none: neither phpstan nor psalm is configured (composer.json)",
  });
  expect(await detect({ "composer.json": "{" })).toEqual({});
  expect(await runnerOf(files)).toBe("phpunit");
});

test("Ruby: rspec, or minitest by rake or rails", async () => {
  const gems = { Gemfile: "" };
  expect(await detect({ ...gems, ".rspec": "", ".rubocop.yml": "", "spec/a_spec.rb": "" })).toEqual({
    tests: "bundle exec rspec (.rspec)",
    lint: "bundle exec rubocop (.rubocop.yml)",
    types: "none: no type checker is configured (Gemfile)",
  });
  expect(await detect({ "a.gemspec": "", "spec/a_spec.rb": "", "sorbet/config": "" })).toEqual({
    tests: "rspec (spec)",
    lint: "none: rubocop is not configured (a.gemspec)",
    types: "srb tc (sorbet/config)",
  });
  const rake = { ...gems, Rakefile: "", "test/a_test.rb": "" };
  expect(await detect(rake)).toMatchObject({ tests: "bundle exec rake test (Gemfile)" });
  expect(await detect({ ...rake, "bin/rails": "" })).toMatchObject({
    tests: "bundle exec rails test (Gemfile)",
  });
  expect(await detect({ ...gems, "test/a.txt": "" })).not.toHaveProperty("tests");
  expect([await runnerOf({ ...gems, ".rspec": "" }), await runnerOf(rake)]).toEqual(["rspec", "minitest"]);
});

test("shell: bats where tests are, shellcheck over the tracked scripts", async () => {
  const bats = await detect({
    "test/a.bats": "",
    "test/unit/b.bats": "",
    "test/bats/test/c.bats": "",
    "d.bats": "",
  });
  expect(bats["tests"]).toBe("bats d.bats test test/unit (d.bats)");
  expect(bats["lint"]).toMatch(/^sh -c \{ git ls-files .* xargs -0 shellcheck -- \(d\.bats\)$/);
  expect(bats["types"]).toBe("none: shell scripts have no types (d.bats)");
  const scripts = await detect({ ".shellcheckrc": "", "bin/run": "#!/bin/sh\n" });
  expect(Object.keys(scripts)).toEqual(["lint", "types"]);
  expect(await detect({ "test/a.js": "", "run.sh": "" })).toEqual({});
  expect(await runnerOf({ "test/a.bats": "" })).toBe("bats");
});

test("a fresh room gets gems and packages, as the lock files say", async () => {
  expect(await detectSetup(treeOf({ Gemfile: "", "Gemfile.lock": "", "a.gemspec": "" }))).toEqual({
    commands: ["BUNDLE_FROZEN=true bundle install"],
    keyFiles: ["Gemfile", "Gemfile.lock", "a.gemspec"],
    folders: ["vendor/bundle"],
  });
  expect(await detectSetup(treeOf({ Gemfile: "" }))).toMatchObject({ commands: ["bundle install"] });
  const php = { ...composer({ "phpunit/phpunit": "^11" }, { "vendor-dir": "lib" }), "composer.lock": "" };
  expect(await detectSetup(treeOf(php))).toEqual({
    commands: ["composer install --no-interaction --no-progress"],
    keyFiles: ["composer.json", "composer.lock"],
    folders: ["lib"],
  });
  for (const files of [composer({}), { "go.mod": "" }, { "Cargo.toml": "" }, { "pom.xml": "" }]) {
    expect(await detectSetup(treeOf(files))).toMatchObject({ commands: [] });
  }
});
