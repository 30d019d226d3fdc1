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
import { victims } from "../support/faults/operations.ts";
import { onlyCounted, runToItsEnd } from "../support/faults/run.ts";
import { makeProject, type Scene } from "../support/faults/scene.ts";
import type { Victim } from "../support/faults/victim.ts";
import { chosenSeed } from "../support/samples.ts";

/** Set by `npm run test:faults`, whose options they are. */
const asked = {
  rounds: process.env["CALM_FAULTS_ROUNDS"],
  operation: process.env["CALM_FAULTS_OPERATION"],
  cases: process.env["CALM_FAULTS_CASE"],
  report: process.env["CALM_FAULTS_REPORT"],
  part: process.env["CALM_FAULTS_PART"],
};
const long = process.env["CALM_TEST_LONG"] === "1" || asked.rounds !== undefined;
const rounds = Number(asked.rounds ?? (long ? 5 : 1));
const seed = chosenSeed.seed ?? Date.now() % 1e9;
// `1/4` = the cases 1, 5, 9, …: other processes take the others.
const [part = 0, parts = 1] = (asked.part ?? "0/1").split("/").map(Number);
// The short run keeps to what moves git and the database together, in one way each.
const sampled = ["create", "merge", "remove", "restore", "undo a merge", "backup restore"];
const concerned = long ? victims : victims.filter(({ name }) => sampled.includes(name));
const chosen = concerned.filter(({ name }) => asked.operation === undefined || asked.operation === name);

const project = makeProject();

/** A scene, and how far the operation goes in it that nobody kills. */
interface Ready {
  readonly scene: Scene;
  readonly extent: Extent;
}

const made = new Map<Victim, Promise<Ready>>();

async function ready(victim: Victim): Promise<Ready> {
  const known = made.get(victim) ?? prepare(victim);
  made.set(victim, known);
  return known;
}

async function prepare(victim: Victim): Promise<Ready> {
  const scene = await (await project).before(victim);
  const { boundaries, gits } = victim;
  // A short run takes the word of the table for it.
  if (!long) return { scene, extent: { boundaries, gits, milliseconds: 500 } };
  const ran = await runToItsEnd(scene.world, victim.argv, onlyCounted);
  expect(ran.exitCode, ran.out + ran.err).toBe(0);
  expect(ran.boundaries.length, "boundaries").toBeGreaterThanOrEqual(boundaries);
  expect(ran.gits, "gits").toBeGreaterThanOrEqual(gits);
  return { scene, extent: { ...ran, boundaries: ran.boundaries.length } };
}

/** What came of a case; a world that cannot even be looked at is no reason to end the others. */
async function outcomeOf(scene: Scene, victim: Victim, one: Case, round: number): Promise<Outcome> {
  try {
    const repeated = asked.cases !== undefined;
    return await runCase(scene, victim, one, {
      again: repeated || !long || round % 5 < 3,
      idle: repeated || (long && round % 5 === 0),
    });
  } catch (error) {
    return { killed: false, killedAgain: 0, recovery: 0, problems: [String(error)] };
  }
}

/** Takes the cases one after the other; each failure says by which command it is repeated. */
async function expectNothingLost(scene: Scene, victim: Victim, cases: readonly Case[]): Promise<void> {
  const bad: string[] = [];
  for (const [round, one] of cases.entries()) {
    if (round % parts !== part) continue;
    const outcome = await outcomeOf(scene, victim, one, round);
    const line = { operation: victim.name, case: nameOfCase(one), seed, ...outcome };
    if (asked.report !== undefined) appendFileSync(asked.report, `${JSON.stringify(line)}\n`);
    if (outcome.problems.length === 0) continue;
    const again = `npm run test:faults -- --operation '${victim.name}' --case '${line.case}'`;
    bad.push([`seed ${seed}: ${again}`, ...outcome.problems].join("\n  ").slice(0, 3000));
    if (long) console.error(bad.at(-1));
  }
  expect(bad.join("\n\n")).toBe("");
}

test.each(chosen)(
  "$row: $name killed anywhere: nothing lost, one command puts it right, the next call does it once",
  async (victim) => {
    const given = asked.cases?.split(" ").map(parseCase);
    const { scene, extent } = await ready(victim);
    await expectNothingLost(scene, victim, given ?? chooseCases(extent, rounds, seed));
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
    const { scene, extent } = await ready(victim);
    await expectNothingLost(scene, victim, chooseWithinGit(extent, Math.ceil(rounds / 3), seed));
  },
);
