import { beforeAll, expect, test } from "vitest";
import { installFakeRunners } from "../support/fake-runners.ts";
import { must, operate, putInto } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

interface Check {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly exit_code: number | null;
  readonly counts: Record<string, number> | null;
  readonly failures: readonly { name: string; message: string }[] | null;
}

/** A repository whose task is about to pass the gate of its code, and a PATH with the fake runners. */
async function begin(files: Readonly<Record<string, string>>): Promise<{ world: World; path: string }> {
  const world = createWorld({ ".gitignore": "target/\nbuild/\n", ...files });
  const path = `${installFakeRunners(world.folder)}:${world.env["PATH"] ?? ""}`;
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  world.commit({ "src/a.txt": "1\n" }, "code", world.worktree("SPEC-1"));
  putInto(world, "SPEC-1", "IMPLEMENT");
  return { world, path };
}

/** Runs the gate; gives its command checks by name. */
async function gate({ world, path }: { world: World; path: string }): Promise<Map<string, Check>> {
  const env = { PATH: path };
  await must(world, "trust --yes", { env });
  const { data, error } = await operate(world, "gate check SPEC-1", { env });
  expect(error).toBeUndefined();
  return new Map((data["checks"] as Check[]).map((check) => [check.check, check]));
}

const counts = (passed: number, failed: number, errors: number, skipped: number) => ({
  ...{ total: passed + failed + errors + skipped, passed, failed, errors, skipped },
});

/** A configured command, its counts without and with the failures, and the failure that must be told. */
const runners = [
  {
    ...{ runner: "go", run: "go test ./...", green: counts(2, 0, 0, 1), red: counts(3, 1, 1, 1) },
    ...{ name: "example.com/internal/frenzy TestPanics", message: /panic: this is a panic/ },
  },
  {
    ...{ runner: "cargo", run: "cargo test", green: counts(3, 0, 0, 2), red: counts(4, 1, 0, 2) },
    ...{ name: "breaks", message: /`left == right` failed: no/ },
  },
  {
    ...{ runner: "nextest", run: "cargo nextest run", green: counts(2, 0, 0, 0), red: counts(2, 1, 0, 0) },
    ...{ name: "fixture-project::basic test_failure_assert", message: /this is an assertion/ },
  },
  {
    ...{ runner: "phpunit", run: "phpunit", green: counts(2, 0, 0, 0), red: counts(2, 1, 0, 0) },
    ...{ name: "targeting-traits-is-deprecated.phpt", message: /Failed asserting/ },
  },
  {
    ...{ runner: "rspec", run: "bundle exec rspec", green: counts(1, 0, 0, 1), red: counts(1, 1, 0, 1) },
    ...{ name: /fails in assertion$/, message: /MockExpectationError/ },
  },
  {
    ...{ runner: "bats", run: "bats test", green: counts(1, 0, 0, 1), red: counts(1, 1, 0, 1) },
    ...{ name: "add.bats breaks", message: /in test file test\/add\.bats, line 8/ },
  },
];
const modes = ["green", "red", "zero", "missing", "crash", "build"];

/** One configured check for each runner and each way that it may end. */
function configuration(): string {
  const checks = runners.flatMap(({ runner, run }) => [
    ...modes.map((mode) => [`${runner}_${mode}`, `FAKE=${mode} ${run}`] as const),
    [`${runner}_absent`, `/no/such/place/${run.replace("bundle exec ", "")}`] as const,
  ]);
  const entries = checks.map(([name, run]) => `  ${name}: { run: "${run}" }\n`);
  const none = '{ none: "-" }';
  return [
    `version: 1\nchecks:\n  tests: ${none}\n  lint: ${none}\n  types: ${none}\n${entries.join("")}`,
    `gates:\n  IMPLEMENT-CODE_REVIEW: { add: [${checks.map(([name]) => name).join(", ")}] }\n`,
  ].join("");
}

let ran: Map<string, Check>;
beforeAll(async () => {
  ran = await gate(await begin({ ".calm/config.yaml": configuration() }));
});

test.each(runners)("$runner is counted, whatever it ends with", ({ runner, green, red, name, message }) => {
  const check = (mode: string) => ran.get(`${runner}_${mode}`);
  expect(check("green")).toMatchObject({ verdict: "pass", exit_code: 0, counts: green, failures: null });
  expect(check("red")).toMatchObject({ verdict: "fail", exit_code: 1, counts: red });
  const told = check("red")?.failures ?? [];
  const failed = told.find((one) => (typeof name === "string" ? one.name === name : name.test(one.name)));
  expect(failed?.message).toMatch(message);
  expect(check("zero")).toMatchObject({ verdict: "fail", exit_code: 0, counts: counts(0, 0, 0, 0) });
  expect(check("zero")?.message).toMatch(/^0 tests ran, at least 1 must/);
});

test.each(runners)("$runner that does not say what it did fails", ({ runner }) => {
  const check = (mode: string) => ran.get(`${runner}_${mode}`);
  expect(check("missing")).toMatchObject({ verdict: "fail", exit_code: 0, counts: null });
  expect(check("missing")?.message).toMatch(/exit code 0, but the report .* (was not written|is empty)/);
  expect(check("crash")).toMatchObject({ verdict: "fail", counts: null });
  expect(check("crash")?.message).toMatch(/was killed by SIGKILL|exit code 137/);
  expect(check("build")).toMatchObject({ verdict: "fail", exit_code: 2, counts: null });
  expect(check("build")?.message).toContain("a.x:1: cannot build");
  expect(check("absent")).toMatchObject({ verdict: "fail", exit_code: 127, counts: null });
  expect(check("absent")?.message).toMatch(/needs a program that was not found \(exit code 127\)/);
});

test("what a failure shows is for people, not the lines for calm", () => {
  for (const runner of ["go", "cargo"]) {
    const message = ran.get(`${runner}_red`)?.message ?? "";
    expect(message).toMatch(/TestPanics:\n|breaks:\n/);
    expect(message).not.toContain('{"Action"');
    expect(message).not.toContain('{ "type"');
  }
});

const rest = 'checks: { lint: { none: "-" }, types: { none: "-" } }\n';

test.each([
  ["Maven", { "pom.xml": "<project/>" }, counts(2, 0, 0, 0), counts(2, 1, 1, 0), "throwsAlways"],
  ["Gradle", { "build.gradle": "" }, counts(2, 0, 0, 0), counts(2, 1, 0, 0), "failsToDemonstrate"],
])("%s is recognised, and its fresh files are counted", async (_, files, green, red, name) => {
  const place = await begin({ ...files, ".calm/config.yaml": `version: 1\n${rest}` });
  const tree = place.world.worktree("SPEC-1");
  const tests = async (mode: string) => {
    place.world.commit({ "fake-mode": mode }, mode, tree);
    return (await gate(place)).get("tests");
  };
  expect(await tests("green")).toMatchObject({ verdict: "pass", counts: green });
  // The files of the run before lie there still, and are nobody's evidence now.
  expect(await tests("missing")).toMatchObject({ verdict: "fail", exit_code: 0, counts: null });
  expect(await tests("red")).toMatchObject({
    ...{ verdict: "fail", exit_code: 1, counts: red },
    failures: expect.arrayContaining([
      expect.objectContaining({ name: expect.stringContaining(name) as string }),
    ]) as unknown,
  });
  expect(await tests("zero")).toMatchObject({ verdict: "fail", counts: counts(0, 0, 0, 0) });
  expect(await tests("crash")).toMatchObject({ verdict: "fail", counts: null });
});

test("a linter that ends with 0 fails by the findings in its report", async () => {
  const report = "report: { format: sarif }";
  const config = [
    "version: 1\nchecks:\n  types: { none: '-' }\n  tests: { none: '-' }\n",
    `  lint: { run: 'cat red.sarif', ${report} }\n  clean: { run: 'cat green.sarif', ${report} }\n`,
    `  silent: { run: 'true', ${report} }\n`,
    "gates: { IMPLEMENT-CODE_REVIEW: { add: [clean, silent] } }\n",
  ].join("");
  const sarif = (results: readonly object[]) =>
    JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "l" } }, results }] });
  const location = { physicalLocation: { artifactLocation: { uri: "a.js" }, region: { startLine: 3 } } };
  const found = { ruleId: "no-eval", level: "error", message: { text: "do not" }, locations: [location] };
  const place = await begin({
    ...{ ".calm/config.yaml": config, "red.sarif": sarif([found]), "green.sarif": sarif([]) },
  });
  const checks = await gate(place);
  expect(checks.get("lint")).toMatchObject({
    ...{ verdict: "fail", exit_code: 0, failures: [{ name: "a.js:3 no-eval", message: "do not" }] },
    message: expect.stringMatching(/^1 finding: a\.js:3 no-eval/) as string,
  });
  expect(checks.get("clean")).toMatchObject({ verdict: "pass" });
  expect(checks.get("silent")).toMatchObject({ verdict: "fail", exit_code: 0 });
});
