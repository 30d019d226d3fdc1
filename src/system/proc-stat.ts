import { readFileSync } from "node:fs";

/** What Linux tells about a process in /proc/<pid>/stat. */
interface ProcStat {
  readonly name: string;
  /** One letter; Z and X are dead already. */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** Clock ticks between boot and the start of the process. */
  readonly started: string;
}

/** The state of a process; undefined when it is gone (or there is no /proc). */
export function readProcStat(pid: number): ProcStat | undefined {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined; // gone between listing and reading
  }
}

/** Parses a line of /proc/<pid>/stat; undefined when it is none. */
export function parseProcStat(text: string): ProcStat | undefined {
  // The name may hold spaces and brackets, so the fields count from the last bracket.
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(" ");
  const [state, , group, session] = fields;
  const started = fields[19];
  if (state === undefined || group === undefined || session === undefined || !started) return undefined;
  return {
    name: text.slice(open + 1, close),
    state,
    group: Number(group),
    session: Number(session),
    started,
  };
}

/** True for a process that has ended and only waits for its parent. */
export function isDead(stat: ProcStat): boolean {
  return stat.state === "Z" || stat.state === "X";
}
