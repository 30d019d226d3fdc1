import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Outcome, runCase } from "../support/faults/campaign.ts";
import { chooseCases, type Extent, nameOfCase, parseCase } from "../support/faults/cases.ts";
import { runToItsEnd } from "../support/faults/kill.ts";
import { type Victim, victims } from "../support/faults/operations.ts";
import { makeScene, type Scene } from "../support/faults/scene.ts";
import { chosenSeed } from "../support/chosen-seed.ts";

const env = process.env;
const long = env["CALM_TEST_LONG"] === "1";
const rounds = Number(env["CALM_FAULTS_ROUNDS"] ?? (long ? 12 : 1));
const seed = chosenSeed.seed ?? Date.now() % 1e9;
const only = env["CALM_FAULTS_OPERATION"];
const wanted = env["CALM_FAULTS_CASE"];

const scene = makeScene();

/** How far an operation goes that nobody kills; a short run does not ask. */
async function extentOf(scene: Scene, victim: Victim): Promise<Extent> {
  if (rounds < 3) return { boundaries: victim.boundaries, gits: victim.boundaries, milliseconds: 500 };
  scene.restore();
  const ran = await runToItsEnd(scene.world, victim.argv);
  expect(ran.exitCode, ran.out + ran.err).toBe(0);
  expect(ran.boundaries.length).toBeGreaterThanOrEqual(victim.boundaries);
  return { ...ran, boundaries: ran.boundaries.length };
}

test.each(victims.filter(({ name }) => only === undefined || only === name))(
  "$name killed anywhere: nothing lost, one command puts it right, the next call does it once",
  async (victim) => {
    const ready = await scene;
    const cases =
      wanted === undefined
        ? chooseCases(await extentOf(ready, victim), rounds, seed)
        : wanted.split(" ").map(parseCase);
    const bad: string[] = [];
    const outcomes: Outcome[] = [];
    for (const one of cases) {
      const outcome = await runCase(ready, victim, one);
      const { problems } = outcome;
      outcomes.push(outcome);
      if (problems.length === 0) continue;
      const again = `npm run test:faults -- --operation '${victim.name}' --case ${nameOfCase(one)}`;
      bad.push([`seed ${seed}, ${again}`, ...problems].join("\n  ").slice(0, 3000));
      if (rounds > 20) console.error(bad.at(-1));
    }
    const report = env["CALM_FAULTS_REPORT"];
    if (report !== undefined) {
      const figures = { operation: victim.name, seed, bad: bad.length, outcomes };
      appendFileSync(report, `${JSON.stringify(figures)}\n`);
    }
    expect(bad.join("\n\n")).toBe("");
  },
  3_600_000,
);
