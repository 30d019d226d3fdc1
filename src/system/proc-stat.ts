import { closeSync, openSync, readFileSync, readSync } from "node:fs";

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

// One for all: who looks for processes reads hundreds of these files.
const room = Buffer.allocUnsafe(1 << 16);

/** A file of /proc, byte by byte; node takes several times as long where a size is not known. */
export function readProcFile(path: string): string {
  const file = openSync(path, "r");
  try {
    // The kernel fills what it is given, as far as it has something.
    const bytes = readSync(file, room, 0, room.length, null);
    return bytes < room.length ? room.toString("latin1", 0, bytes) : readFileSync(path, "latin1");
  } finally {
    closeSync(file);
  }
}

/** The state of a process; undefined when it is gone (or there is no /proc). */
export function readProcStat(pid: number): ProcStat | undefined {
  try {
    return parseProcStat(readProcFile(`/proc/${pid}/stat`));
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
