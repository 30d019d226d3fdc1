import { type Fault, nameOfFault, parseFault } from "./fault.ts";
import { type Random, randomOf } from "./random.ts";

/** What is done to an operation: a kill, perhaps more of them while it is put right, and who puts it right at last. */
export interface Case {
  readonly faults: readonly Fault[];
  /** "again" = the operation itself, called once more. */
  readonly recovery: "doctor" | "again";
}

/** A case as one word, by which it is repeated. */
export function nameOfCase({ faults, recovery }: Case): string {
  return [...faults.map(nameOfFault), recovery].join(",");
}

/** Reads what `nameOfCase` writes. */
export function parseCase(word: string): Case {
  const parts = word.split(",");
  const recovery = parts.at(-1) === "again" ? "again" : "doctor";
  return { faults: parts.slice(0, -1).map(parseFault), recovery };
}

/** How far an operation goes when nobody kills it. */
export interface Extent {
  readonly boundaries: number;
  readonly gits: number;
  readonly milliseconds: number;
}

/** How far recovery mostly goes; where it goes less far it is not killed. */
const ofRecovery: Extent = { boundaries: 8, gits: 20, milliseconds: 600 };

/** Milliseconds until a calm has begun to work. */
const start = 60;

/**
 * Cases that a seed chooses: boundaries, gits and times in turn. No boundary and no git comes twice before each has
 * come, in each way, so enough rounds kill everywhere.
 */
export function chooseCases(extent: Extent, rounds: number, seed: number): Case[] {
  const random = randomOf(seed);
  const boundaries = random.shuffle(everyBoundary(extent));
  const gits = random.shuffle(everyGit(extent));
  return Array.from({ length: rounds }, (_, round) => {
    const turn = Math.floor(round / 3);
    const list = [boundaries, gits, []][round % 3] ?? [];
    const first = list[turn % list.length] ?? anyTime(extent, random);
    const more = random.below(5) < 3 ? 0 : 1 + random.below(2);
    const later = Array.from({ length: more }, () => anyKill(ofRecovery, random));
    return { faults: [first, ...later], recovery: random.below(4) === 0 ? "again" : "doctor" };
  });
}

/** How many calls of the system are tried in a git: most make one or two, a checkout some for each file. */
const callsOfGit = [1, 2, 6, 30] as const;

/** Cases in which something happens within a git: it is killed, and calm with it, or the system refuses it. */
export function chooseWithinGit({ gits }: Pick<Extent, "gits">, rounds: number, seed: number): Case[] {
  const random = randomOf(seed);
  const calls = random.shuffle(upTo(gits));
  return Array.from({ length: rounds }, (_, round) => {
    const effect = random.pick(["SIGKILL", "SIGKILL", "ENOSPC", "EIO"]);
    const within = { at: 1 + random.below(random.pick(callsOfGit)), effect };
    const call = calls[round % calls.length] ?? 1;
    const fault: Fault = { by: "git", call, moment: "within", within };
    // What the system has refused may be in the way of a second call, which then names the doctor.
    const again = random.below(4) === 0 && effect === "SIGKILL";
    return { faults: [fault], recovery: again ? "again" : "doctor" };
  });
}

function upTo(most: number): number[] {
  return Array.from({ length: most }, (_, index) => index + 1);
}

function everyBoundary({ boundaries }: Extent): Fault[] {
  return upTo(boundaries).flatMap((at) =>
    [false, true].map((group) => ({ by: "failpoint", at: String(at), group }) as const),
  );
}

function everyGit({ gits }: Extent): Fault[] {
  const moments = ["before", "after", "orphan"] as const;
  return upTo(gits).flatMap((call) => moments.map((moment) => ({ by: "git", call, moment }) as const));
}

function anyTime({ milliseconds }: Extent, random: Random): Fault {
  const span = Math.max(1, Math.round(milliseconds) - start);
  return { by: "time", milliseconds: start + random.below(span), group: random.below(2) === 0 };
}

function anyKill(extent: Extent, random: Random): Fault {
  const time = anyTime(extent, random);
  return random.pick([time, ...random.shuffle([...everyBoundary(extent), ...everyGit(extent)]).slice(0, 2)]);
}
