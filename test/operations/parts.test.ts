import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, operate, putInto, refused, runGate, stateOf } from "../support/operate.ts";
import { atLength, long } from "../support/samples.ts";
import { createWorld, easyConfig, smallProject, type World } from "../support/world.ts";

function hasPython(): boolean {
  try {
    execFileSync("python3", ["-c", "import unittest"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // then there is nothing to run
  }
}

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

const api = {
  "setup.py": "",
  "src/one.py": "def one():\n    return 1\n",
  "tests/test_one.py":
    "import unittest\nfrom one import one\n\n\nclass One(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(one(), 1)\n",
};

async function mixedWorld(): Promise<World> {
  const world = createWorld({
    ...below("web", smallProject),
    ...below("services/api", api),
    ".gitignore": "__pycache__\n",
  });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  world.commit({ "web/src/b.js": "1\n" }, "b", world.worktree("SPEC-1"));
  putInto(world, "SPEC-1", "IMPLEMENT");
  return world;
}

test.runIf(atLength && hasPython())(
  "both parts of a repository in two languages run, and one that fails fails the gate",
  async () => {
    const world = await mixedWorld();
    const before = stateOf(world);
    const planned = await must(world, "gate check SPEC-1 --dry-run");
    expect(stateOf(world)).toEqual(before);
    expect(planned).toMatchObject({ dry_run: true, passed: false, plan: { trusted: true, uncommitted: [] } });
    const { checks } = await runGate(world, "gate check SPEC-1", true);
    expect(Object.keys(checks)).toEqual([
      "code_exists",
      "tests:web",
      "tests:services/api",
      ...["lint:web", "lint:services/api", "types:web", "types:services/api"],
      ...["no_todos", "no_conflict_markers"],
    ]);
    expect(checks["tests:web"]).toMatchObject({ verdict: "pass", counts: { total: 1, passed: 1 } });
    expect(checks["tests:services/api"]).toMatchObject({ verdict: "pass", counts: { total: 1, passed: 1 } });
    const again = await must(world, "gate check SPEC-1 --dry-run");
    const { plan } = again as { plan: { checks: { check: string }[] } };
    expect(plan.checks.find(({ check }) => check === "tests:services/api")).toMatchObject({
      ...{ state: "holds", run: 1, folder: "services/api", report: { kind: "asked", runner: "unittest" } },
      argv: ["python3", "-m", "unittest", "discover", "-s", "tests"],
      source: "detected: services/api/setup.py",
    });

    const tree = world.worktree("SPEC-1");
    // Of another length: Python takes what it has compiled for a file of the same second and size.
    world.commit({ "services/api/src/one.py": "def one():\n    return 1 + 1\n" }, "break", tree);
    const red = await runGate(world, "gate check SPEC-1", false);
    expect(red.checks["tests:web"]).toMatchObject({ verdict: "pass" });
    expect(red.checks["tests:services/api"]).toMatchObject({ verdict: "fail" });
    expect(red.checks["tests:services/api"]?.message).toMatch(/1 of 1 test failed: test_one.One test_one/);
    const log = await world.calm(["gate", "log", String(red.run), "tests:services/api"]);
    expect(log.out).toContain("AssertionError: 2 != 1");
  },
);

test("a dry run tells of commands that nobody approved, and asks for nothing", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": easyConfig });
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  putInto(world, "SPEC-1", "IMPLEMENT");
  writeFileSync(join(world.worktree("SPEC-1"), "stray.txt"), "x");
  const { out, exitCode } = await world.calm(["gate", "check", "SPEC-1", "--dry-run"]);
  expect(exitCode).toBe(0);
  expect(out).toContain("! Nobody has approved the commands: calm trust --show");
  expect(out).toContain("! Uncommitted, so the gate would be refused: stray.txt");
  expect(out).toContain("[would run] tests: npm run test  (detected: package.json; worktree)");
  await refused(world, "gate log 1", [3, "gate_run_not_found", /no gate run 1/, "calm task show"]);
});

test("an unrecognised part fails the gate, until the branch brings its tests or the configuration speaks of it", async () => {
  const idle = JSON.stringify({ scripts: { build: "tsc" } });
  const world = createWorld({ ...smallProject, ".calm/config.yaml": easyConfig, "web/package.json": idle });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  const tree = world.worktree("SPEC-1");
  world.commit({ "src/b.js": "1\n" }, "b", tree);
  putInto(world, "SPEC-1", "IMPLEMENT");
  const red = await runGate(world, "gate check SPEC-1", false);
  expect(red.checks["tests:javascript"]).toMatchObject({ verdict: "pass" });
  expect(red.checks["tests:web"]?.message).toContain('checks: { "tests:web": { none: "the reason" } }');

  world.commit(below("web", smallProject), "tests of web", tree);
  await refused(world, "gate check SPEC-1", [
    4,
    "untrusted_commands",
    /tests:web: npm run test/,
    "calm trust",
  ]);
  await must(world, "trust SPEC-1 --yes");
  const { checks } = await runGate(world, "gate check SPEC-1", true);
  expect(checks["tests:web"]).toMatchObject({ verdict: "pass", counts: { passed: 1 } });

  world.commit({ ".calm/config.yaml": `${easyConfig}  "tests:web": { none: "only markup" }\n` }, "config");
  const silent = await runGate(world, "gate check SPEC-1", true);
  expect(silent.checks["tests:javascript"]).toMatchObject({ verdict: "pass" });
  expect(silent.checks["tests:web"]).toMatchObject({ verdict: "not_applicable", message: "only markup" });
});

long("a configured folder: its script is recognised, its report is below it, and it must exist", async () => {
  const report = "reports/junit.xml";
  const write = `mkdir -p reports && printf '<testsuites><testcase name="a"/></testsuites>' > ${report}`;
  const config = `${easyConfig}  "tests:web": { run: "npm test", dir: "./web/" }
  "tests:file": { run: ${JSON.stringify(write)}, dir: web, report: { format: junit, path: "reports/*.xml" } }
  "tests:gone": { run: "npm test", dir: "old/web" }
`;
  const world = createWorld({
    ...below("web", smallProject),
    ".gitignore": "reports\n",
    ".calm/config.yaml": config,
  });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  world.commit({ "web/src/b.js": "1\n" }, "b", world.worktree("SPEC-1"));
  putInto(world, "SPEC-1", "IMPLEMENT");
  const { checks } = await runGate(world, "gate check SPEC-1", false);
  expect(checks["tests:web"]).toMatchObject({ verdict: "pass", counts: { passed: 1 } });
  expect(checks["tests:file"]).toMatchObject({ verdict: "pass", counts: { passed: 1 } });
  expect(checks["tests:gone"]?.message).toContain(
    "the folder old/web of tests:gone does not exist at this commit",
  );
});

test("checks that nobody has are told, with the line", async () => {
  const world = createWorld({ ...below("web", smallProject), ...below("app", smallProject) });
  const answer = async (config: string) => {
    world.commit({ ".calm/config.yaml": config }, "config");
    return (await operate(world, "gate list IMPLEMENT-CODE_REVIEW")) as {
      error?: { code: string; message: string };
      data: { gates?: { checks: { check: string; reason?: string }[] }[] };
    };
  };
  const nope = await answer(
    "version: 1\ngates:\n  SPEC-DESIGN:\n    add: [code_exists, licenses]\nchecks:\n  licences: { run: x }\n",
  );
  expect(nope.error?.code).toBe("invalid_config");
  expect(nope.error?.message).toContain(
    ".calm/config.yaml (main):4: gates.SPEC-DESIGN.add.1: the project has no check licenses. Did you mean licences?",
  );
  const verify = await answer("merge:\n  verify:\n    - tests\n    - tets\n");
  expect(verify.error?.message).toContain(
    "4: merge.verify.1: the project has no check tets. Did you mean tests?",
  );
  const part = await answer('gates:\n  IMPLEMENT-CODE_REVIEW:\n    add: ["tests:wbe"]\n');
  const found = part.data.gates?.[0]?.checks.find(({ check }) => check === "tests:wbe");
  expect(found?.reason).toContain(
    "3: gates.IMPLEMENT-CODE_REVIEW.add.0: the project has no check tests:wbe; its parts are tests:app, tests:web. Did you mean tests:web?",
  );
  const twice = await answer('gates:\n  IMPLEMENT-CODE_REVIEW:\n    add: ["tests:web"]\n');
  const names = twice.data.gates?.[0]?.checks.map(({ check }) => check) ?? [];
  expect(names.filter((name) => name.startsWith("tests"))).toEqual(["tests:app", "tests:web"]);
});
