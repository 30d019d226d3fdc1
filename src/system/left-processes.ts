import { readdirSync } from "node:fs";
import { kill, pid as ownPid, platform } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { isDead, readProcFile, readProcStat } from "./proc-stat.ts";

/** The variable that marks every process of a command, `<run>.<number>`; nested commands add theirs after a colon. */
export const markerVariable = "CALM_RUN";

/** What belongs to one command (its group and marker), or to a whole run (group 0 and the run's marker). */
export interface CommandMarks {
  readonly group: number;
  readonly marker: string;
}

interface LeftProcess {
  /** Negative for a whole group. */
  readonly target: number;
  readonly name: string;
}

const patience = 500;
const pause = 25;
const killRounds = 40;

/** Sends a signal to a process, or to a group by its negative number; false when there is none to take it. */
export function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return kill(target, signal);
  } catch {
    return false; // gone already, or another user's and not ours to end
  }
}

/**
 * Waits 500 ms for what a command left behind, then kills it; gives the names of what had to be killed.
 * A process that left the group, the session and the environment (`env -i setsid`) is not seen.
 */
export async function endLeftProcesses(marks: CommandMarks): Promise<string[]> {
  let left = findLeft(marks);
  for (let waited = 0; left.length > 0 && waited < patience; waited += pause) {
    await sleep(pause);
    left = findLeft(marks);
  }
  const killed = new Map<number, string>();
  for (let round = 0; left.length > 0 && round < killRounds; round += 1) {
    for (const { target, name } of left) {
      killed.set(target, name);
      sendSignal(target, "SIGKILL");
    }
    await sleep(pause);
    left = findLeft(marks);
  }
  return [...killed.values()];
}

function findLeft(marks: CommandMarks): LeftProcess[] {
  return platform === "linux" ? findInProc(marks) : findGroup(marks.group);
}

function findInProc({ group, marker }: CommandMarks): LeftProcess[] {
  const left: LeftProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    const target = Number(entry);
    if (!Number.isInteger(target) || target === ownPid) continue;
    const stat = readProcStat(target);
    if (stat === undefined || isDead(stat)) continue;
    const related = group > 0 && (stat.group === group || stat.session === group);
    if (related || isMarked(target, marker)) left.push({ target, name: `${stat.name} (${target})` });
  }
  return left;
}

function isMarked(pid: number, marker: string): boolean {
  try {
    const all = readProcFile(`/proc/${pid}/environ`);
    // Hardly any process is.
    if (!all.includes(marker)) return false;
    const environment = all.split("\0");
    const markers = environment.find((entry) => entry.startsWith(`${markerVariable}=`)) ?? "";
    const values = markers.slice(markerVariable.length + 1).split(":");
    return values.some((value) => value === marker || value.startsWith(`${marker}.`));
  } catch {
    return false; // gone, or another user's
  }
}

function findGroup(group: number): LeftProcess[] {
  try {
    if (group <= 0) return [];
    kill(-group, 0);
    return [{ target: -group, name: `process group ${group}` }];
  } catch {
    return []; // ESRCH: the group is empty
  }
}
