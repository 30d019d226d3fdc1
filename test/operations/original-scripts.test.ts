import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { type Checked, must, operate, putInto, refused } from "../support/operate.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

const config = `version: 1
gates:
  SPEC-DESIGN: { approval: none }
  DESIGN-IMPLEMENT: { approval: none }
`;

const sqlite = JSON.stringify(createRequire(import.meta.url).resolve("@photostructure/sqlite"));

/** Inserts a row of test_runs as the original's scripts do, with what is surely here. */
function logRow(passed: number, failed: number, errors = 0, skipped = 0, tests = "[]"): string {
  const values = `'$2', ${passed}, ${failed}, ${errors}, ${skipped}, '${tests}'`;
  const sql = `insert into test_runs (task_id, passed, failed, errors, skipped, failed_tests) values (${values})`;
  const program = `const { DatabaseSync } = require(process.argv[1]); new DatabaseSync(process.env.DB_PATH).exec(process.argv[2])`;
  return `'${process.execPath}' -e '${program}' ${sqlite} "${sql}"\n`;
}

const bash = "#!/usr/bin/env bash\nset -euo pipefail\n";
const registryFile = ".claude/gates/registry.json";

/** Commits gate scripts, executable as they must be, and what else belongs to them. */
function commitGates(world: World, files: Readonly<Record<string, string>>, root?: string): void {
  for (const [path, text] of Object.entries(files)) {
    world.write(path, text, root);
    if (path.endsWith(".sh")) chmodSync(join(root ?? world.repository, path), 0o755);
  }
  world.commit({}, "Gates", root);
}

function registry(checks: unknown): Record<string, string> {
  return { [registryFile]: JSON.stringify({ checks }) };
}

/** A world with gate scripts and a feature that has code to be gated. */
async function gatedWorld(
  files: Readonly<Record<string, string>>,
  project: Readonly<Record<string, string>> = { ...smallProject, ".calm/config.yaml": config },
): Promise<World> {
  const world = createWorld(project);
  commitGates(world, files);
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  world.commit({ "src/b.js": "1\n" }, "code", world.worktree("SPEC-1"));
  putInto(world, "SPEC-1", "IMPLEMENT");
  return world;
}

interface Ran {
  readonly run: number;
  readonly verdicts: Record<string, string>;
  readonly messages: Record<string, string>;
  readonly told: string;
}

/** Runs the gate that the feature stands before. */
async function check(world: World): Promise<Ran> {
  const { data, error, err } = await operate(world, "gate check SPEC-1");
  expect(error).toBeUndefined();
  const checks = data["checks"] as readonly Checked[];
  return {
    run: Number(data["id"]),
    verdicts: Object.fromEntries(checks.map((one) => [one.check, one.verdict])),
    messages: Object.fromEntries(checks.map((one) => [one.check, one.message])),
    told: `${err}${JSON.stringify(data)}`,
  };
}

interface Listed {
  readonly check: string;
  readonly kind: string;
  readonly command?: string;
  readonly source?: string;
  readonly reason?: string;
}

async function listed(world: World): Promise<{ checks: Listed[]; deviations: string[]; notes: string[] }> {
  const data = await must(world, "gate list IMPLEMENT-CODE_REVIEW");
  const [gate] = data["gates"] as { checks: Listed[]; deviations: string[] }[];
  return { checks: gate?.checks ?? [], deviations: gate?.deviations ?? [], notes: data["notes"] as string[] };
}

const passing = { "check_lint.sh": `${bash}exit 0\n` };

/** The registry of most tests: one script for each category. */
function gates(
  scripts: Readonly<Record<string, string>>,
  types: string | null = null,
): Record<string, string> {
  const all = { ...passing, ...scripts };
  return {
    ...registry({
      ...{ tests: { javascript: "check_tests.sh" }, linter: { default: "check_lint.sh" } },
      ...{ types: { javascript: types }, orphans: { default: "check_orphans.sh" } },
    }),
    ...Object.fromEntries(Object.entries(all).map(([name, text]) => [`.claude/gates/${name}`, text])),
  };
}

test("scripts are checks once they are approved with their content, and again when main changes one", async () => {
  const world = await gatedWorld({
    ...gates({ "check_tests.sh": `${bash}${logRow(2, 0)}`, "check_orphans.sh": `${bash}exit 1\n` }),
    ".claude/project.json": JSON.stringify({
      gate_config: { extra_checks: ["orphans"], skip_checks: ["todos"] },
    }),
  });
  const tests = ".claude/gates/check_tests.sh";
  const { checks, deviations, notes } = await listed(world);
  expect(checks).toContainEqual({
    ...{ check: "tests", kind: "command", room: "worktree", command: tests, timeout_ms: 1_200_000 },
    ...{ report: { kind: "asked", runner: "node" }, min_tests: 1 },
    source: `original script: ${tests} (main)`,
  });
  expect(checks).toContainEqual({
    ...{ check: "types", kind: "not_applicable", reason: `null in ${registryFile}` },
    source: `original: ${registryFile} (main)`,
  });
  expect(deviations).toEqual([`types does not apply: null in ${registryFile}`, "orphans added"]);
  expect(notes.join()).toContain("skip_checks in .claude/project.json names todos");
  const blob = world.git(["rev-parse", `main:${tests}`]);
  const shown = (await must(world, "trust --show"))["commands"] as string[];
  expect(shown).toContain(`tests: ${tests}  (node --test)`);
  const text = readFileSync(join(world.repository, tests), "utf8");
  expect(shown).toContain("files of main that run with them, to be read by git show main:<path>:");
  expect(shown).toContain(`  ${tests}  (${text.length} bytes, executable, ${blob})`);
  await refused(world, "gate check SPEC-1", [4, "untrusted_commands", new RegExp(blob), "calm trust --show"]);
  await must(world, "trust --yes");

  // A branch's own copy is neither run nor approved; main's next one has to be approved again.
  const branch = world.worktree("SPEC-1");
  const own = { [tests]: `${bash}touch "$1/ran-by-the-branch"\n`, ".claude/gates/check_orphans.sh": bash };
  commitGates(world, { ...own, ...registry({ tests: {}, linter: {}, types: {} }) }, branch);
  const ran = await check(world);
  expect(ran.verdicts).toMatchObject({
    tests: "pass",
    lint: "pass",
    types: "not_applicable",
    orphans: "fail",
  });
  expect(ran.messages["tests"]).toBe("2 tests passed");
  expect(ran.messages["orphans"]).toMatch(/check_orphans\.sh ended with exit code 1/);
  expect(existsSync(join(branch, "ran-by-the-branch"))).toBe(false);
  expect(ran.told).toContain("gate scripts below .claude differ");
  commitGates(world, { ".claude/gates/check_orphans.sh": `${bash}exit 0\n` });
  await refused(world, "gate check SPEC-1", [4, "untrusted_commands", /check_orphans/, "calm trust"]);
});

test("a script sees what the original gave it; calm's and the project's databases stay as they are", async () => {
  const world = await gatedWorld(
    gates({
      // The original's own way to its main repository and database, which dies where there is no repository.
      "check_tests.sh": `${bash}
here="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"
repo="$(dirname "$(dirname "$here")")"
main=$(cd "$repo" && git worktree list --porcelain 2>/dev/null | head -1 | sed 's/worktree //')
for name in claws clams calm; do [[ -f "$main/.claude/$name.db" ]] || { echo "no $name.db"; exit 1; }; done
[[ "$DB_PATH" -ef "$main/.claude/calm.db" ]]
DB_PATH="$main/.claude/clams.db"
${logRow(3, 0, 0, 0)}
echo "args: $# $1 $2"
echo "task: $(basename "$PWD") $CALM_TASK"
env | grep -E '^(MAIN_REPO|CLAUDE_DIR|GATES_DIR|ROLES_DIR|WORKTREE_DIR|TOKENIZERS_PARALLELISM|PIP_REQUIRE_VIRTUALENV)='
source "$CLAUDE_DIR/bin/calm-common.sh"
cat "$CLAUDE_DIR/project.json"
`,
    }),
  );
  commitGates(world, {
    ".claude/bin/calm-common.sh": "echo sourced\n",
    ".claude/project.json": '{"project_type": "javascript"}',
  });
  await must(world, "trust --yes");
  const before = readdir(world);
  const ran = await check(world);
  const log = (await world.calm(["gate", "log", String(ran.run), "tests"])).out;
  expect(ran.messages["tests"], log).toBe("3 tests passed");
  const room = world.worktree("SPEC-1");
  for (const line of [
    `args: 2 ${room} SPEC-1`,
    "task: SPEC-1 SPEC-1",
    `MAIN_REPO=${world.repository}`,
    `ROLES_DIR=${world.repository}/.claude/roles`,
    `WORKTREE_DIR=${world.repository}/.worktrees`,
    "TOKENIZERS_PARALLELISM=false",
    "PIP_REQUIRE_VIRTUALENV=1",
    "sourced",
    '{"project_type": "javascript"}',
  ]) {
    expect(log.split("\n")).toContain(line);
  }
  const [claude] = /(?<=^CLAUDE_DIR=).*/m.exec(log) ?? [""];
  expect(log).toContain(`GATES_DIR=${claude}/gates`);
  expect(claude.startsWith(join(world.env["CALM_HOME"] ?? "", "logs"))).toBe(true);
  expect(existsSync(claude)).toBe(false);
  expect(readdir(world)).toEqual(before);
  const runs = query<{ passed: number }>(
    join(world.env["CALM_HOME"] ?? "", "metadata.db"),
    "select passed from test_runs",
  );
  expect(runs).toEqual([{ passed: 3 }]);
});

/** What lies beside the scripts in the main checkout. */
function readdir(world: World): string {
  return execFileSync("find", [join(world.repository, ".claude"), "-type", "f"], { encoding: "utf8" });
}

test("what a script's end means, and .calm/config.yaml goes before a script", async () => {
  // Exit code 2 is a missing tool, and rows of failures fail whatever the exit code.
  const failed = '[{\\"test\\":\\"test_a\\",\\"error\\":\\"1 is not 2\\"}]';
  const world = await gatedWorld(
    gates(
      {
        "check_tests.sh": `${bash}${logRow(2, 1, 0, 0, failed)}${logRow(3, 0)}`,
        "check_lint.sh": `${bash}exit 2\n`,
        "check_types.sh": `${bash}definitely-not-a-tool\n`,
      },
      "check_types.sh",
    ),
    { ...smallProject, "package.json": "{}", ".calm/config.yaml": config },
  );
  await must(world, "trust --yes");
  const { verdicts, messages } = await check(world);
  expect(verdicts).toMatchObject({ tests: "fail", lint: "fail", types: "fail" });
  expect(messages["tests"]).toMatch(/^1 of 3 tests failed: test_a/);
  expect(messages["lint"]).toMatch(/check_lint\.sh misses a tool or a file that it needs \(exit code 2\)/);
  expect(messages["types"]).toMatch(/needs a program that was not found \(exit code 127\)/);

  const silent = gates({ "check_tests.sh": bash, "check_types.sh": `${bash}exit 1\n` }, "check_types.sh");
  commitGates(world, silent);
  await must(world, "trust --yes");
  const first = await check(world);
  expect(first.messages["tests"]).toMatch(
    /how many tests \.claude\/gates\/check_tests\.sh ran is unknown; .*: checks: { tests: { run: "npm test" } }; .*min_tests: 0/,
  );
  expect(first.verdicts).toMatchObject({ lint: "pass", types: "fail" });
  const checks = `checks:\n  tests: { run: "node --test" }\n  types: { none: "plain" }\n`;
  world.commit({ ".calm/config.yaml": config + checks }, "config");
  await must(world, "trust --yes");
  expect((await check(world)).verdicts).toMatchObject({
    ...{ tests: "pass", lint: "pass", types: "not_applicable" },
  });
});

test("npm's tests are counted in each part, and the log that a script leaves behind does not void the run", async () => {
  const tests = `${bash}cd "$1"\nnpm test 2>&1 | tee test_output.log\n`;
  const world = await gatedWorld({
    ...gates({ "check_tests.sh": tests }),
    ".claude/project.json": JSON.stringify({
      gate_config: { composite_types: { web: "javascript", gone: "javascript" } },
    }),
    "web/package.json": '{"scripts": {"test": "node --test"}}',
    "web/a.test.js": 'const { test } = require("node:test");\ntest("a", () => {});\ntest("b", () => {});\n',
  });
  await must(world, "trust --yes");
  const { verdicts, messages } = await check(world);
  expect(messages["tests"]).toMatch(/^\d tests passed$/);
  expect(messages["tests:web"]).toBe("2 tests passed");
  expect(messages["tests:gone"]).toMatch(/folder gone\b/);
  expect(verdicts).toMatchObject({ "lint:web": "pass", "lint:gone": "fail", "types:web": "not_applicable" });
  const tree = world.worktree("SPEC-1");
  expect(world.git(["status", "--porcelain"], tree)).toBe("");
  // What the script leaves to npm is the branch's to say, so it has to be approved like any other command.
  world.commit({ "web/package.json": '{"scripts": {"test": "node --test b.test.js"}}' }, "less", tree);
  await refused(world, "gate check SPEC-1", [4, "untrusted_commands", /node --test b/, "calm trust SPEC-1"]);
});

test("a broken registry fails each check with file, line and fix, and asks for no trust", async () => {
  const world = await gatedWorld({ [registryFile]: '{\n"checks": {,}\n}' });
  const { verdicts, messages } = await check(world);
  expect(verdicts).toMatchObject({ tests: "fail", lint: "fail", types: "fail" });
  expect(messages["tests"]).toBe(`${registryFile}:2 is no JSON; mend it on main: gates read it there`);
  const { checks } = await listed(world);
  expect(checks).toContainEqual({
    ...{ check: "lint", kind: "unrecognised", room: "worktree", reason: messages["lint"] },
    source: `original: ${registryFile} (main)`,
  });
});

test("a branch cannot bring gate scripts of its own, and its change of them needs a person to land", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": `${config}guarded: []\n` });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  const tree = world.worktree("SPEC-1");
  commitGates(world, { ".claude/gates/check_tests.sh": bash, "changelog.d/SPEC-1.md": "b\n" }, tree);
  putInto(world, "SPEC-1", "IMPLEMENT");
  expect((await check(world)).messages["tests"]).toBe("1 test passed");
  putInto(world, "SPEC-1", "INTEGRATE");
  await refused(world, "worktree merge SPEC-1", [
    4,
    "guarded_change",
    /\.claude\/gates\/check_tests\.sh/,
    "calm approve SPEC-1 merge",
  ]);
});

function has(tool: string): boolean {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!has("pytest"))(
  "pytest behind a script is counted by its report, and its failure is told by name",
  async () => {
    const tests = `${bash}cd "$1"\npytest -vvsx > test_output.log 2>&1 || { ${logRow(0, 0, 1).trim()}; exit 1; }\n`;
    const world = await gatedWorld(
      {
        ...registry({
          tests: { python: "check_tests.sh" },
          linter: { default: null },
          types: { default: null },
        }),
        ".claude/gates/check_tests.sh": tests,
      },
      {
        ".calm/config.yaml": config,
        "setup.py": "",
        ".gitignore": "__pycache__/\n.pytest_cache/\n",
        "src/package/__init__.py": "answer = 42\n",
        "tests/test_a.py":
          "import package\n\n\ndef test_a():\n    pass\n\n\ndef test_answer():\n    assert package.answer == 42\n",
      },
    );
    await must(world, "trust --yes");
    world.commit({ "src/package/__init__.py": "answer = 41\n" }, "break", world.worktree("SPEC-1"));
    const { messages } = await check(world);
    expect(messages["tests"]).toMatch(/^1 of 2 tests failed: tests.*test_answer/);
  },
);
