import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pid as ownPid, platform } from "node:process";
import { Failure } from "../failure.ts";
import { isDead, readProcStat } from "./proc-stat.ts";

/** A process for good: its number is given away again, together with its start it is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** What a process does; `stopped` = it lives, but by Ctrl-Z or SIGSTOP it does nothing until somebody lets it go on. */
export type ProcessState = "running" | "stopped" | "gone";

interface Living {
  readonly started: string;
  readonly stopped: boolean;
}

/** When a living process started, as an opaque text; undefined when there is no such process. */
export function startedAt(pid: number): string | undefined {
  return findLiving(pid)?.started;
}

/** True while that very process lives on this machine. */
export function isAlive(identity: ProcessIdentity): boolean {
  return stateOf(identity) !== "gone";
}

/** Which process began what a record tells of, and on which host. */
interface Beginner {
  readonly host: string;
  readonly pid: number;
  readonly pid_started: string;
}

/** Whether who began it was a process of this host, `here`, and is gone; another host's cannot be seen from here. */
export function isLeftBehind({ host, pid, pid_started: started }: Beginner, here: string): boolean {
  return host === here && !isAlive({ pid, started });
}

/** What that very process does on this machine. */
export function stateOf({ pid, started }: ProcessIdentity): ProcessState {
  const living = findLiving(pid);
  if (living?.started !== started) return "gone";
  return living.stopped ? "stopped" : "running";
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const started = startedAt(ownPid);
  if (started === undefined) throw new Failure("file_failed", "The start of this process cannot be read");
  return { pid: ownPid, started };
}

/** A text for CALM_RUN that marks what a process starts, so that its successor finds what it left behind. */
export function processMark({ pid, started }: ProcessIdentity): string {
  return `calm-${pid}-${started.replace(/[^A-Za-z0-9]/g, "")}`;
}

/** A text for CALM_RUN that marks the commands that a process starts for checks, and nothing else of it. */
export function commandsMark(process: ProcessIdentity): string {
  return `${processMark(process)}.commands`;
}

function findLiving(pid: number): Living | undefined {
  return platform === "linux" ? findOnLinux(pid) : findByPs(pid);
}

function findOnLinux(pid: number): Living | undefined {
  const stat = readProcStat(pid);
  if (stat === undefined || isDead(stat)) return undefined;
  return { started: `${bootId()}/${stat.started}`, stopped: isStopped(stat.state) };
}

/** The letter for a stopped process, by a signal or by a debugger. */
function isStopped(state: string): boolean {
  return state.toUpperCase().startsWith("T");
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
}

function findByPs(pid: number): Living | undefined {
  try {
    const text = execFileSync("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    }).trim();
    const [, state, started] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
    return state && started ? { started, stopped: isStopped(state) } : undefined;
  } catch {
    return undefined; // ps exits 1 when there is no such process
  }
}
