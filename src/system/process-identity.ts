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

/** When a living process started, as an opaque text; undefined when there is no such process. */
export function startedAt(pid: number): string | undefined {
  return platform === "linux" ? startedOnLinux(pid) : startedByPs(pid);
}

/** True while that very process lives on this machine. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startedAt(identity.pid) === identity.started;
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

function startedOnLinux(pid: number): string | undefined {
  const stat = readProcStat(pid);
  return stat === undefined || isDead(stat) ? undefined : `${bootId()}/${stat.started}`;
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
}

function startedByPs(pid: number): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    }).trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined; // ps exits 1 when there is no such process
  }
}
