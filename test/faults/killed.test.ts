import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Outcome, runCase } from "../support/faults/campaign.ts";
import {
  type Case,
  chooseCases,
  chooseWithinGit,
  type Extent,
  nameOfCase,
  parseCase,
} from "../support/faults/cases.ts";
import { type Victim, victims } from "../support/faults/operations.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { makeScene, type Scene } from "../support/faults/scene.ts";
import { chosenSeed } from "../support/samples.ts";

/** Set by `npm run test:faults`, whose options they are. */
const asked = {
  rounds: process.env["CALM_FAULTS_ROUNDS"],
  operation: process.env["CALM_FAULTS_OPERATION"],
  cases: process.env["CALM_FAULTS_CASE"],
  report: process.env["CALM_FAULTS_REPORT"],
};
const long = process.env["CALM_TEST_LONG"] === "1" || asked.rounds !== undefined;
const rounds = Number(asked.rounds ?? (long ? 5 : 1));
const seed = chosenSeed.seed ?? Date.now() % 1e9;
// The short run keeps to what moves git and the database together.
const concerned = long ? victims : victims.filter(({ gits }) => gits > 0);
const chosen = concerned.filter(({ name }) => asked.operation === undefined || asked.operation === name);

const scene = makeScene();

/** How far an operation goes that nobody kills; a short run takes the word of the table for it. */
async function extentOf(ready: Scene, victim: Victim): Promise<Extent> {
  const { boundaries, gits } = victim;
  if (!long) return { boundaries, gits, milliseconds: 500 };
  ready.restore();
  const ran = await runToItsEnd(ready.world, victim.argv);
  expect(ran.exitCode, ran.out + ran.err).toBe(0);
  expect(ran.boundaries.length, "boundaries").toBeGreaterThanOrEqual(boundaries);
  expect(ran.gits, "gits").toBeGreaterThanOrEqual(gits);
  return { ...ran, boundaries: ran.boundaries.length };
}

/** Takes the cases one after the other; each failure says by which command it is repeated. */
async function expectNothingLost(victim: Victim, cases: readonly Case[]): Promise<void> {
  const ready = await scene;
  const bad: string[] = [];
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    const outcome = await runCase(ready, victim, one);
    outcomes.push(outcome);
    if (outcome.problems.length === 0) continue;
    const again = `npm run test:faults -- --operation '${victim.name}' --case '${nameOfCase(one)}'`;
    bad.push([`seed ${seed}: ${again}`, ...outcome.problems].join("\n  ").slice(0, 3000));
    if (long) console.error(bad.at(-1));
  }
  const figures = { operation: victim.name, seed, bad: bad.length, outcomes };
  if (asked.report !== undefined) appendFileSync(asked.report, `${JSON.stringify(figures)}\n`);
  expect(bad.join("\n\n")).toBe("");
}

test.each(chosen)(
  "$row: $name killed anywhere: nothing lost, one command puts it right, the next call does it once",
  async (victim) => {
    const given = asked.cases?.split(" ").map(parseCase);
    await expectNothingLost(victim, given ?? chooseCases(await extentOf(await scene, victim), rounds, seed));
  },
  36_000_000,
);

const strace = spawnSync("strace", ["-qq", "-o", "/dev/null", "true"]).status === 0;

const withGits = long && asked.cases === undefined ? chosen.filter(({ gits }) => gits > 0) : [];

test.for(withGits)(
  "M2: $name, one of whose gits is killed or refused by the system at any of its calls",
  { timeout: 36_000_000 },
  async (victim, { skip }) => {
    if (!strace) skip("strace, by which a single call of the system is hit, is not on this machine");
    const few = Math.ceil(rounds / 3);
    await expectNothingLost(victim, chooseWithinGit(await extentOf(await scene, victim), few, seed));
  },
);
