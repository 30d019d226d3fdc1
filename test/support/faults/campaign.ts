import { lutimesSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { databaseOf } from "../backups.ts";
import type { World } from "../world.ts";
import { findDisagreements } from "./agreement.ts";
import type { Case } from "./cases.ts";
import { type Ending, runToItsEnd } from "./run.ts";
import { findLosses } from "./memory.ts";
import type { Scene } from "./scene.ts";
import type { Victim } from "./victim.ts";

/** What came of one case. */
export interface Outcome {
  /** The operation was killed; false = it had come to its end before. */
  readonly killed: boolean;
  /** How often what was to put it right was killed too. */
  readonly killedAgain: number;
  /** Milliseconds that the one command took which was not killed. */
  readonly recovery: number;
  /** Nothing when all is as it must be. */
  readonly problems: readonly string[];
}

const fix = ["--json", "doctor", "--fix"];

/** How far a round goes once one `doctor --fix` has put things right; the farther ones take twice as long. */
export interface Afterwards {
  /** The operation is called again. */
  readonly again: boolean;
  /** A last doctor must have nothing to do. */
  readonly idle: boolean;
}

/**
 * Kills an operation, lets one command recover, which may be killed itself, and holds everything against what it was;
 * then calls the operation again, and looks whether its work is done, once and whole.
 */
export async function runCase(
  scene: Scene,
  victim: Victim,
  one: Case,
  afterwards: Afterwards,
): Promise<Outcome> {
  const { world } = scene;
  scene.restore();
  const [first, ...later] = one.faults;
  const ending = await runToItsEnd(world, victim.argv, first);
  const byDoctor = one.recovery === "doctor";
  let killedAgain = 0;
  for (const fault of later) {
    letTimePass(world);
    if ((await runToItsEnd(world, byDoctor ? fix : victim.argv, fault)).killed) killedAgain += 1;
  }
  letTimePass(world);
  const recovered = await runToItsEnd(world, byDoctor ? fix : victim.argv);
  const problems = [...bugs(ending), ...(byDoctor ? unhealed(recovered) : refusals(victim, recovered))];
  if (byDoctor) problems.push(...look(scene, victim, "after doctor --fix"));
  if (byDoctor && afterwards.again) problems.push(...refusals(victim, await runToItsEnd(world, victim.argv)));
  if (!byDoctor || afterwards.idle) problems.push(...(await lookOnceMore(world)));
  if (!byDoctor || afterwards.again)
    problems.push(...look(scene, victim, "in the end"), ...victim.whole(world));
  return { killed: ending.killed, killedAgain, recovery: recovered.milliseconds, problems };
}

async function lookOnceMore(world: World): Promise<string[]> {
  letTimePass(world);
  const last = await runToItsEnd(world, fix);
  return [...unhealed(last), ...idle(last)];
}

function look({ world, memory }: Scene, { leaves }: Victim, when: string): string[] {
  const found = [...findLosses(world, memory), ...findDisagreements(world)];
  return found.filter((what) => what !== `left behind: ${leaves}`).map((what) => `${when}: ${what}`);
}

/** A second call does the work, or says that it is done. */
function refusals({ argv, again }: Victim, { exitCode, out, err }: Ending): string[] {
  if (exitCode !== null && again.includes(exitCode)) return [];
  return [`${argv.join(" ")} again: exit code ${exitCode}: ${out}${err}`];
}

/** Whatever the system does to calm is no bug of calm's. */
function bugs({ exitCode, out, err }: Ending): string[] {
  return exitCode === 70 ? [`taken for a bug of calm's: ${out}${err}`] : [];
}

interface Examined {
  readonly data: {
    readonly checks: readonly { check: string; state: string; findings: readonly { message: string }[] }[];
    readonly plan: readonly string[];
    readonly failed: readonly string[];
  };
}

/** What doctor still finds, or could not put right. How full a disk is says nothing of calm. */
function unhealed({ exitCode, out, err }: Ending): string[] {
  if (exitCode !== 0 && exitCode !== 1) return [`doctor --fix: exit code ${exitCode}: ${out}${err}`];
  const { checks, failed } = (JSON.parse(out) as Examined).data;
  const found = checks.filter(({ check, state }) => check !== "disk space" && state === "problem");
  return [
    ...failed,
    ...found.flatMap(({ check, findings }) => findings.map(({ message }) => `doctor, ${check}: ${message}`)),
  ];
}

/** What doctor had to put right although all was well. */
function idle({ out }: Ending): string[] {
  return (JSON.parse(out) as Examined).data.plan.map((what) => `doctor --fix had to ${what}`);
}

/** What calm takes for left behind only after a while is old enough from now on. */
function letTimePass(world: World): void {
  const home = world.env["CALM_HOME"] ?? "";
  for (const folder of [home, join(home, "backups")]) {
    for (const name of readdirSync(folder).filter((one) => /(^|\.)\.?new-/.test(one))) {
      if (join(folder, name) !== databaseOf(world)) lutimesSync(join(folder, name), 0, 0);
    }
  }
}
