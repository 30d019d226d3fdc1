import { performance } from "node:perf_hooks";
import type { Command, CommandResult } from "./command.ts";
import { CommandLog } from "./command-log.ts";
import { OutputTail } from "./output-tail.ts";
import { notStarted, supervise } from "./supervise.ts";

const defaultLogLimit = 200_000_000;

/**
 * Runs a command in a process group of its own, without stdin and terminal, and leaves no process of it alive.
 * Failure file_failed when the log cannot be written or the folder is missing, busy when the machine is full.
 */
export async function runCommand(command: Command): Promise<CommandResult> {
  const started = performance.now();
  const log = new CommandLog(command.logPath, command.logLimit ?? defaultLogLimit);
  const tail = new OutputTail(command.onLine);
  try {
    const end = command.signal.aborted
      ? notStarted("interrupted")
      : await supervise(command, (stream, chunk) => {
          log.write(chunk);
          tail.add(stream, chunk);
        });
    const durationMs = Math.round(performance.now() - started);
    return { ...end, ...log.facts(), durationMs, tail: tail.finish() };
  } finally {
    log.close();
  }
}
