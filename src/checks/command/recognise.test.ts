import { expect, test } from "vitest";
import { recogniseRunner } from "./recognise.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";

const tree = treeOf({
  "package.json": packageJson({
    test: "npm run unit",
    unit: "tsc && vitest run",
    yarned: "yarn unit",
    circle: "yarn circle",
    chained: "vitest run && eslint .",
    moved: "cd sub && npm test",
    quiet: "vitest run || true",
    piped: "vitest run | tee log",
    empty: "",
  }),
});

async function recognise(line: string) {
  const { runner, separators } = await recogniseRunner({ kind: "shell", line }, tree);
  return [runner, ...separators];
}

test.each([
  "node --test",
  "node --import tsx --test test/",
  "c8 --all node --test",
  "cross-env A=1 node --test",
])("node: %s", async (line) => {
  expect(await recognise(line)).toEqual(["node"]);
});

test.each([
  "pytest -q",
  "python3 -m pytest",
  "uv run pytest",
  "uv run --frozen python -m pytest",
  "poetry run pytest",
])("pytest: %s", async (line) => {
  expect(await recognise(line)).toEqual(["pytest"]);
});

test.each([
  ["python manage.py test shop", "unittest"],
  ["./manage.py test", "unittest"],
  ["python manage.py check", "unknown"],
  ["python -m unittest discover", "unittest"],
  ["coverage run -m pytest", "pytest"],
  ["npx --no-install jest --ci", "jest"],
  ["node --experimental-vm-modules node_modules/jest/bin/jest.js", "jest"],
  ["./node_modules/.bin/mocha 'test/**'", "mocha"],
  ["exec vitest", "vitest"],
  ["pnpm exec vitest run", "vitest"],
  ["yarn vitest run", "vitest"],
  ["cd packages/one && vitest run", "vitest"],
  ["cargo test --workspace", "cargo"],
  ["cargo +nightly t", "cargo"],
  ["cargo nextest run -P ci", "nextest"],
  ["CGO_ENABLED=0 go test ./...", "go"],
  ["mvn -B test", "maven"],
  ["./mvnw clean verify", "maven"],
  ["sh ./mvnw -B test", "maven"],
  ["gradle test", "gradle"],
  ["./gradlew :app:testDebugUnitTest", "gradle"],
  ["./gradlew check", "gradle"],
  ["vendor/bin/phpunit", "phpunit"],
  ["php -d memory_limit=-1 vendor/bin/phpunit", "phpunit"],
  ["php artisan test", "phpunit"],
  ["./vendor/bin/pest", "phpunit"],
  ["bundle exec rspec", "rspec"],
  ["bundle exec rake spec:models", "rspec"],
  ["rake test", "minitest"],
  ["bin/rails test", "minitest"],
  ["npx bats test", "bats"],
])("%s ends in %s", async (line, runner) => {
  expect(await recognise(line)).toEqual([runner]);
});

test.each([
  ["npm test", "vitest", "--", "--"],
  ["npm t", "vitest", "--", "--"],
  ["npm run -s unit", "vitest", "--"],
  ["npm test -- --bail", "vitest", "--"],
  ["pnpm test", "vitest", "--"],
  ["yarn run unit", "vitest"],
  ["bun run unit", "vitest"],
  ["npm run yarned", "vitest", "--"],
  ["eslint . && npm run unit", "vitest", "--"],
])("%s goes through scripts", async (line, ...found) => {
  expect(await recognise(line)).toEqual(found);
});

test.each([
  "make test",
  "bun test",
  "npm run circle",
  "npm run chained",
  "npm run moved",
  "npm run quiet",
  "npm run piped",
  "npm run empty",
  "npm run absent",
  "npm run toString",
  "npm test -w packages/one",
  "npm --prefix sub test",
  "npm exec vitest",
  "pnpm --filter one test",
  "pnpm test -- x",
  "pytest || true",
  "pytest; exit 0",
  "cd sub && npm test",
  "npx some-package vitest",
  "python3 test.py",
  "node test.js",
  "$(cat command)",
  "cargo build",
  "cargo nextest list",
  "go vet ./...",
  "mvn checkstyle:check",
  "./gradlew testClasses",
  "gradle assemble",
  "php test.php",
  "php artisan migrate",
  "bundle exec rake",
  "rake db:reset test",
  "bin/rails server",
])("not recognised: %s", async (line) => {
  expect((await recognise(line))[0]).toBe("unknown");
});

test("an argv is taken as it is", async () => {
  const found = await recogniseRunner({ kind: "argv", argv: ["npm", "run", "unit"] }, tree);
  expect(found).toMatchObject({ runner: "vitest", words: ["vitest", "run"], separators: ["--"] });
});

test("a broken package.json has no scripts", async () => {
  for (const text of ["{", "[]", '{"scripts":{"test":1}}']) {
    const found = await recogniseRunner(
      { kind: "argv", argv: ["npm", "test"] },
      treeOf({ "package.json": text }),
    );
    expect(found.runner).toBe("unknown");
  }
});
