import { expect, test } from "vitest";
import { must, operate } from "../support/operate.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

async function messageFor(world: World, config: string): Promise<string> {
  world.commit({ ".calm/config.yaml": config }, "config");
  const { exitCode, error } = await operate(world, "gate list");
  expect([exitCode, error?.code, error?.hint]).toEqual([
    2,
    "invalid_config",
    "Compare it with: calm schema config",
  ]);
  return error?.message ?? "";
}

test("a mistake in the configuration is told with file, line and path", async () => {
  const world = createWorld({ "README.md": "x\n" });
  const mistakes: readonly (readonly [string, string])[] = [
    ["version: 1\nchekcs: {}\n", "2: chekcs: is unknown"],
    ["checks:\n  tests:\n    runn: x\n", "3: checks.tests.runn: is unknown"],
    ["checks:\n  tests: npm test\n", '2: checks.tests: needs { run: "the command" }, or { none:'],
    ["checks:\n  tests: {}\n", "2: checks.tests: needs { run:"],
    ["checks:\n  tests: { run: x, none: y }\n", "2: checks.tests: has both run and none"],
    ["checks:\n  tests: { run: x, timeout: 20 }\n", "2: checks.tests.timeout: is a duration"],
    ["checks:\n  tests: { run: x, timeout: '20' }\n", "2: checks.tests.timeout: is a duration"],
    ["checks:\n  tests: { run: x, log_limit: 20 MB }\n", "2: checks.tests.log_limit: is a size such as 50MB"],
    ["checks:\n  spec_exists: { none: x }\n", "2: checks.spec_exists: is a check of calm's own"],
    ["gates:\n\n  SPEC-DESGIN: {}\n", "3: gates.SPEC-DESGIN: is unknown. Did you mean SPEC-DESIGN?"],
    ["gates:\n  SPEC-DESIGN: { approval: nobody }\n", "2: gates.SPEC-DESIGN.approval: Invalid option"],
    ["merge:\n  verify: []\n", "2: merge.verify: Too small"],
    ["setup:\n  - npm ci\n  - 3\n", "3: setup.1: Invalid input"],
    ["setup:\n  - ''\n", "2: setup.0: is no command: it is empty"],
    ["checks:\n  lint: { run: ' # none' }\n", "2: checks.lint.run: is no command"],
    ["checks:\n  lint: { none: ' ' }\n", "2: checks.lint.none: is the reason, in words"],
    [
      "checks:\n  tests: { run: x, min_test: 1 }\n",
      "2: checks.tests.min_test: is unknown. Did you mean min_tests?",
    ],
    ["checks:\n  tests: { run: x, dir: ../web }\n", "2: checks.tests.dir: is a folder below the root"],
    ["checks:\n  tests: { run: x, dir: /web }\n", "2: checks.tests.dir: is a folder below the root"],
    ["checks:\n  tests: { run: x, inputs: ['src/[a'] }\n", "2: checks.tests.inputs.0: has a [ or ] without"],
    ["checks:\n  tests: { run: x, inputs: [/etc/x] }\n", "2: checks.tests.inputs.0: is relative to the root"],
    [
      "checks:\n  tests:\n    run: x\n    report: { format: juint, path: x }\n",
      "4: checks.tests.report.format: Invalid option",
    ],
    [
      "checks:\n  tests:\n    run: x\n    report: { format: junit, path: ../x }\n",
      "4: checks.tests.report.path: has no ..",
    ],
    ["checks:\n  Tests: { run: x }\n", "2: checks.Tests: is no name of a check"],
    ["guarded: ['']\n", "1: guarded.0: is empty"],
    ["worker_ttl: 59s\n", "1: worker_ttl: is at least 1m"],
    ["a: 1\na: 2\n", "2: Map keys must be unique"],
    ["checks: *nowhere\n", "1: Unresolved alias"],
    ["- a list\n", "1: Invalid input: expected object"],
  ];
  for (const [config, told] of mistakes) {
    expect(await messageFor(world, config)).toContain(`.calm/config.yaml (main):${told}`);
  }
  const format = "checks:\n  tests: { run: x, report: { format: juint, path: x } }\n";
  expect(await messageFor(world, format)).toContain("Did you mean junit?");
  expect(await messageFor(world, "chekcs: {}\n")).toContain("Did you mean checks?");
});

const lenient = `checks:
  tests: { run: "node --test", min_tests: 0, prove_regression: false }
  tests_full: { run: "node --test", allow_skipped: 2 }
  lint: { none: "no linter yet" }
  licences: { run: "true" }
gates:
  SPEC-DESIGN: { approval: none, reviews: 1 }
  IMPLEMENT-CODE_REVIEW: { add: [licences], approval: person }
`;

test("gate list marks how the project's gates differ, and shows the exact commands", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": lenient });
  const { gates } = await must(world, "gate list");
  const listed = gates as { transition: string; deviations: string[]; checks: unknown[]; approval: string }[];
  const of = (name: string) => listed.find(({ transition }) => transition === name);
  expect(of("SPEC-DESIGN")?.deviations).toEqual(["1 reviews instead of 2", "no person approves"]);
  expect(of("DESIGN-IMPLEMENT")).toMatchObject({ deviations: [], approval: "person" });
  expect(of("IMPLEMENT-CODE_REVIEW")?.deviations).toEqual([
    "tests need not run a test (min_tests: 0)",
    "lint does not apply: no linter yet",
    "types does not apply: plain JavaScript: there is no tsconfig.json",
    "licences added",
    "a person approves",
  ]);
  expect(of("REVIEWED-TESTED")?.deviations).toContain("tests_full may skip 2 (allow_skipped)");
  expect(of("INVESTIGATED-FIXED")?.deviations).toContain(
    "the regression test is not proven to fail without the fix (prove_regression: false)",
  );
  expect(of("IMPLEMENT-CODE_REVIEW")?.checks).toContainEqual({
    ...{ check: "licences", kind: "command", room: "worktree" },
    ...{
      command: "true",
      source: "config: .calm/config.yaml",
      argv: ["sh", "-c", "true"],
      timeout_ms: 1_200_000,
    },
  });
  const { out } = await world.calm(["gate", "list", "--type", "bug"]);
  expect(out).not.toContain("SPEC-DESIGN");
  expect(out).toContain("TESTED-MERGED  (by calm worktree merge)");
  expect(out).toContain("  ! lint does not apply: no linter yet");
});
