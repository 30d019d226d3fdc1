import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Described } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/commands/index.ts";
import { operations } from "../../src/operations/index.ts";
import { type GeneratedLine, lineOf, type Usual, usual } from "../support/argv-lines.ts";
import { chosenSeed, samples } from "../support/samples.ts";
import { type Seen, watch } from "../support/watch.ts";
import { createWorld, type Ran, smallProject, type World } from "../support/world.ts";

const config = `version: 1
checks:
  tests: { none: "property test" }
  lint: { none: "property test" }
  types: { none: "property test" }
gates:
  SPEC-DESIGN: { approval: none }
`;

/** A repository in the middle of work, and the ids of its two workers. */
async function seed(): Promise<{ world: World; workers: string[] }> {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": config });
  for (const line of [
    ...["trust --yes", "task create SPEC-1 One", "task create SPEC-2 Two --blocked-by SPEC-1"],
    ...["task create BUG-1 Three", "task create BUG-2 Four --spec SPEC-1", "counter add own 3"],
    ...["worktree create SPEC-1", "worktree create BUG-1"],
  ]) {
    const ran = await world.calm(line.split(" "));
    if (ran.exitCode !== 0) throw new Error(`${line}: ${ran.err}`);
  }
  const tree = world.worktree("SPEC-1");
  const work = { "planning_docs/SPEC-1/spec.md": "# Spec\n\nWords.\n", "src/more.js": "exports.a = 1;\n" };
  world.commit(work, "spec", tree);
  const workers: string[] = [];
  for (const argv of ["SPEC-1 reviewer", "SPEC-2 backend"]) {
    workers.push((await world.calm(["worker", "start", ...argv.split(" ")])).out.trim());
  }
  return { world, workers };
}

const isRefused = (code: number): boolean => [2, 3, 4, 7].includes(code);
const expectedCodes = [0, 1, 2, 3, 4, 5, 7];
/** Exit code of a command that goes on until it is stopped, such as a server. */
const stopped = 143;
const patience = 1500;

function judge({ argv }: GeneratedLine, { exitCode, out, err }: Ran): void {
  const printed = out + err;
  expect(printed).not.toMatch(/\n {4}at |TypeError|SQLITE|undefined|\[object /);
  // Stored text is printed as it is only where that was asked for.
  if (!argv.includes("always") && !argv.includes("--raw")) expect(printed).not.toMatch(/[^\n\t\P{Cc}]/u);
  if (exitCode >= 2 && exitCode !== stopped && !argv.includes("--json")) {
    expect(out).toBe("");
    expect(err).toContain("error:");
  }
}

/** Runs a line in a world; a command that talks to its streams is stopped in the end. */
async function run(world: World, { argv, stdin }: GeneratedLine, endless: boolean): Promise<Ran> {
  const options = stdin === undefined ? {} : { stdin };
  if (!endless) return world.calm(argv, options);
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort("SIGTERM");
  }, patience);
  try {
    return await world.calm(argv, { ...options, signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Lines of everything that calm can do; commands, which may go on until they are stopped, are told apart. */
async function allLines(names: Usual): Promise<fc.Arbitrary<readonly [GeneratedLine, boolean]>> {
  const lines: fc.WeightedArbitrary<readonly [GeneratedLine, boolean]>[] = [];
  const add = (target: Described, endless: boolean): void => {
    // Where there is little to vary, a few lines show all.
    const weight = 1 + Object.keys(target.input.shape).length;
    lines.push({ weight, arbitrary: lineOf(target, names).map((line) => [line, endless] as const) });
  };
  for (const entry of operations) add(await entry.load(), false);
  for (const entry of commands) add(await entry.load(), true);
  return fc.oneof(...lines);
}

/** Lines in one world, which they may change as they like; gives how often each exit code came. */
async function play(count: number, batch: number): Promise<Map<number, number>> {
  const { world, workers } = await seed();
  const lines = await allLines({ ...usual, worker: workers });
  const watched = watch(world);
  const codes = new Map<number, number>();
  let before: Seen = watched.look();
  await fc.assert(
    fc.asyncProperty(lines, async ([line, endless]) => {
      const ran = await run(world, line, endless);
      const { exitCode } = ran;
      codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
      expect(endless ? [...expectedCodes, stopped] : expectedCodes, ran.err + ran.out).toContain(exitCode);
      judge(line, ran);
      const after = watched.look();
      // Equal rows are the same value, unless somebody has written.
      if (isRefused(exitCode) && (after.paths !== before.paths || after.rows !== before.rows))
        expect(after).toEqual(before);
      before = after;
    }),
    // Without shrinking: the world that a line met is gone.
    { numRuns: count, endOnFailure: true, ...chosenSeed, ...seedOf(batch) },
  );
  watched.end();
  expect(readdirSync(world.repository)).not.toContain("canary");
  return codes;
}

/** Other lines in each world, and the same ones in each run of the suite. */
function seedOf(batch: number): { readonly seed?: number } {
  return chosenSeed.seed === undefined ? {} : { seed: chosenSeed.seed + batch };
}

// After so many lines little is left of a world.
const perWorld = 1250;
const wanted = samples(200, 500, "CALM_TEST_ARGV");

test(
  `${wanted} command lines of everything calm can do: no defect, and one that is refused changes nothing`,
  async () => {
    let good = 0;
    for (let batch = 0; batch * perWorld < wanted; batch++) {
      const codes = await play(Math.min(perWorld, wanted - batch * perWorld), batch);
      good += codes.get(0) ?? 0;
      if (process.env["CALM_TEST_ARGV"] !== undefined) console.info(batch, Object.fromEntries(codes));
    }
    // Otherwise the lines are so odd that nothing is reached.
    expect(good).toBeGreaterThan(wanted / 8);
  },
  60_000 + wanted * 100,
);
