import type { LogFacts } from "./command-log.ts";

/** How a command ended; only `exit` with code 0 can be a pass. */
export type CommandEnd =
  | "exit"
  | "signal"
  | "timeout"
  | "interrupted"
  | "not_found"
  /** It ended, but processes of it lived on and had to be killed. */
  | "left_processes";

/** One long command to run. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets stdout and stderr as bytes; its folder is made when missing. */
  readonly logPath: string;
  /** Bytes after which the log is cut; 200 MB where absent. */
  readonly logLimit?: number | undefined;
  /** A file that gets a copy of stdout alone, cut after the same number of bytes as the log. */
  readonly stdoutPath?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** A text without colons and dots that no other run has: its processes are found by it, also after a crash. */
  readonly marker: string;
  /** Told each line as it comes; a flood is thinned out. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** How the process itself ended. */
export interface ProcessEnd {
  readonly end: CommandEnd;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Names and numbers of processes that lived on and had to be killed. */
  readonly leftProcesses: readonly string[];
}

/** What a command did. */
export interface CommandResult extends ProcessEnd, LogFacts {
  readonly durationMs: number;
  /** True when the copy of stdout is not whole. */
  readonly stdoutCut: boolean;
  /** The last 40 lines, each cut at 2,000 bytes, unescaped. */
  readonly tail: readonly string[];
}
