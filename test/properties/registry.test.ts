import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Field, fieldsOf } from "../../src/cli/fields.ts";
import { operations } from "../../src/operations/index.ts";
import { allPhases, transitions } from "../../src/model/workflow.ts";
import type { AnyOperation } from "../../src/operations/operation.ts";
import { chosenSeed } from "../support/chosen-seed.ts";
import { dump } from "../support/database.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

const config = `version: 1
checks:
  tests: { none: "property test" }
  lint: { none: "property test" }
  types: { none: "property test" }
gates:
  SPEC-DESIGN: { approval: none }
`;

const hostile = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      " ",
      "-",
      "--",
      "-rf",
      "--help=x",
      "../x",
      "../../etc/passwd",
      "/",
      "HEAD",
      "main",
      "@{-1}",
      "SPEC-1~1",
    ],
    ...[
      "refs/heads/main",
      "a b",
      "x".repeat(300),
      "x".repeat(70_000),
      "$(touch canary)",
      "`id`",
      "; rm x",
      "%s%n",
    ],
    ...[
      "\x1b[2J",
      "\u202e",
      "\u0000",
      "\ud800",
      "a\nb",
      "é",
      "e\u0301",
      "😀",
      "null",
      "__proto__",
      "constructor",
    ],
    ...["NaN", "1e9", "-1", "0x10", "1.5", "9007199254740991", "99999999999999999999", "'", '"', ",", "a,,b"],
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const ids = ["SPEC-1", "SPEC-2", "spec-1", "BUG-1", "BUG-2"] as const;

type Usual = Readonly<Record<string, readonly string[]>>;

/** What a field of this name usually holds, so that lines come past the first check. */
const usual: Usual = {
  task: ids,
  id: [...ids, "SPEC", "BUG", "SPEC-3"],
  spec: [...ids, ""],
  blocked_by: [...ids, ""],
  name: ["merge_lock", "merges_since_docs", "own", "own-2"],
  role: ["reviewer", "backend", "spec-reviewer", "bug-investigator"],
  specialist: ["backend", ""],
  transition: [...transitions, "merge"],
  phase: allPhases,
  check: ["tests", "spec_exists", "code_reviews"],
  since: ["2h", "2026-01-01"],
  base: ["main", "SPEC-1", "HEAD"],
};

const anything = fc.constantFrom(...Object.values(usual).flat(), "0", "1", "12", "a title", "src/");

function valueOf(field: Field, names: Usual): fc.Arbitrary<string> {
  const fitting = field.kind === "number" ? ["0", "1", "2", "3"] : (names[field.name] ?? ["a text", "src/"]);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(field.choices ?? fitting)) },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: hostile },
  );
}

function flagWords(field: Field, names: Usual): fc.Arbitrary<readonly string[]> {
  const flag = `--${field.flag}`;
  if (field.kind === "boolean") {
    const wrong = fc.constantFrom([`--no-${field.flag}`], [`${flag}=x`]);
    return fc.oneof({ weight: 8, arbitrary: fc.constant([flag]) }, { weight: 1, arbitrary: wrong });
  }
  return valueOf(field, names).chain((value) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom([flag, value], [`${flag}=${value}`]) },
      { weight: 1, arbitrary: fc.constant([flag]) },
    ),
  );
}

/** A command line of one operation: mostly sensible, often with too little, too much or odd text. */
function lineOf(operation: AnyOperation, names: Usual): fc.Arbitrary<readonly string[]> {
  const fields = fieldsOf(operation.input);
  const positional = (operation.positional ?? []).flatMap(
    (name) => fields.find((one) => one.name === name) ?? [],
  );
  const flags = fields.filter((field) => !positional.includes(field));
  const words = fc
    .tuple(...positional.map((field) => valueOf(field, names)))
    .chain((all) =>
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(all) },
        { weight: 1, arbitrary: fc.nat(all.length).map((kept) => all.slice(0, kept)) },
        { weight: 1, arbitrary: hostile.map((extra) => [...all, extra]) },
      ),
    );
  const needed = flags.filter((field) => field.required);
  const given = fc
    .subarray(flags, { maxLength: Math.min(3, flags.length) })
    .chain((some) => fc.tuple(...[...new Set([...needed, ...some])].map((field) => flagWords(field, names))));
  const extra = fc.oneof(
    { weight: 7, arbitrary: fc.constant([] as string[]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ["--json"],
        ["--quiet"],
        ["--yes"],
        ["--no-input"],
        ["--color", "always"],
        ["--actor", "\x1b[31m"],
      ),
    },
    { weight: 1, arbitrary: hostile.map((word) => [word]) },
  );
  return fc
    .tuple(words, given, extra)
    .map(([plain, flagged, last]) => [...operation.name.split(" "), ...plain, ...flagged.flat(), ...last]);
}

/** A repository in the middle of work, and the ids of its two workers. */
async function seed(): Promise<{ world: World; workers: string[] }> {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": config });
  for (const line of [
    ...[
      "trust --yes",
      "task create SPEC-1 One",
      "task create SPEC-2 Two --blocked-by SPEC-1",
      "task create BUG-1 Three",
    ],
    ...[
      "task create BUG-2 Four --spec SPEC-1",
      "worktree create SPEC-1",
      "worktree create BUG-1",
      "counter add own 3",
    ],
  ]) {
    const ran = await world.calm(line.split(" "));
    if (ran.exitCode !== 0) throw new Error(`${line}: ${ran.err}`);
  }
  const tree = world.worktree("SPEC-1");
  world.commit(
    { "planning_docs/SPEC-1/spec.md": "# Spec\n\nWords.\n", "src/more.js": "exports.a = 1;\n" },
    "spec",
    tree,
  );
  const workers: string[] = [];
  for (const argv of ["SPEC-1 reviewer", "SPEC-2 backend"]) {
    workers.push((await world.calm(["worker", "start", ...argv.split(" ")])).out.trim());
  }
  return { world, workers };
}

/** What calm could change in a repository: every path, and what the small files hold. */
function snapshot(folder: string): string {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      // Objects no ref reaches, git's cache of file times and calm's lock are no change.
      if (/^(objects|index|lock\.db.*|logs)$/.test(entry.name)) continue;
      const below = join(path, entry.name);
      if (entry.isDirectory()) visit(below);
      else
        found.push(
          `${below} ${lstatSync(below).size < 5000 && entry.isFile() ? readFileSync(below, "latin1") : ""}`,
        );
    }
  };
  visit(folder);
  return found.sort().join("\n");
}

const refused = [2, 3, 4, 7];
const expectedCodes = [0, 1, 2, 3, 4, 5, 7];

test("no command line of any operation is a defect; one that is refused changes nothing", async () => {
  const { world, workers } = await seed();
  const loaded = await Promise.all(operations.map((entry) => entry.load()));
  const lines = fc.oneof(...loaded.map((operation) => lineOf(operation, { ...usual, worker: workers })));
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const codes = new Map<number, number>();
  let before = [dump(database), snapshot(world.repository)];
  await fc.assert(
    fc.asyncProperty(lines, async (argv) => {
      const ran = await world.calm(argv);
      codes.set(ran.exitCode, (codes.get(ran.exitCode) ?? 0) + 1);
      expect(expectedCodes, ran.err + ran.out).toContain(ran.exitCode);
      if (!argv.includes("always")) expect(ran.out + ran.err).not.toMatch(/[^\n\t\P{Cc}]/u);
      expect(ran.out + ran.err).not.toMatch(/\n {4}at |TypeError|SQLITE|undefined|\[object /);
      if (ran.exitCode >= 2 && !argv.includes("--json")) {
        expect(ran.out).toBe("");
        expect(ran.err).toContain("error:");
      }
      const after = [dump(database), snapshot(world.repository)];
      if (refused.includes(ran.exitCode)) expect(after).toEqual(before);
      before = after;
    }),
    // Without shrinking: the world that a line met is gone.
    { numRuns: Number(process.env["RUNS"] ?? 500), endOnFailure: true, ...chosenSeed },
  );
  // Otherwise the lines are so odd that nothing is reached.
  expect(codes.get(0) ?? 0).toBeGreaterThan(100);
  expect(readdirSync(world.repository)).not.toContain("canary");
});
