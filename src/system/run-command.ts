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
  const limit = command.logLimit ?? defaultLogLimit;
  const log = new CommandLog(command.logPath, limit);
  const tail = new OutputTail(command.onLine);
  let copy: CommandLog | undefined;
  try {
    if (command.stdoutPath !== undefined) copy = new CommandLog(command.stdoutPath, limit);
    const end = command.signal.aborted
      ? notStarted("interrupted")
      : await supervise(command, (stream, chunk) => {
          log.write(chunk);
          if (stream === "stdout") copy?.write(chunk);
          tail.add(stream, chunk);
        });
    const durationMs = Math.round(performance.now() - started);
    const stdoutCut = copy?.facts().logCut ?? false;
    return { ...end, ...log.facts(), durationMs, stdoutCut, tail: tail.finish() };
  } finally {
    copy?.close();
    log.close();
  }
}
