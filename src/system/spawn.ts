import { spawn, type ChildProcess } from "node:child_process";
import { setMaxListeners } from "node:events";
import { sendSignal } from "./left-processes.ts";
import { Stopper } from "./stopper.ts";

/** How to start a tool. */
interface ToolOptions {
  readonly cwd: string;
  /** The whole environment of the tool. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the tool reads; without it stdin is closed. */
  readonly input?: string | Buffer | undefined;
  /** Milliseconds until the tool's process group is stopped. */
  readonly timeout?: number | undefined;
  /** Stops the tool's process group. */
  readonly signal?: AbortSignal | undefined;
  /** Keep about this many of the last bytes of each output; everything unless given. */
  readonly lastBytes?: number | undefined;
}

/** What a tool answered. */
export interface ToolResult {
  /** undefined when a signal ended the tool. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Milliseconds that a helper which outlives the tool may still hold its stderr open (ssh's ControlPersist does). */
const drainTime = 200;

/**
 * Runs a short, trusted tool in its own process group, without a terminal, and gathers its whole output in memory.
 * Rejects with the system's error when it cannot be started, and with the signal's reason when that cut it short.
 */
export async function runTool(
  argv: readonly [string, ...string[]],
  options: ToolOptions,
): Promise<ToolResult> {
  options.signal?.throwIfAborted();
  const { cwd, env, input } = options;
  const stdin = input === undefined ? "ignore" : "pipe";
  const [command, ...args] = argv;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: [stdin, "pipe", "pipe"] });
  const stdout = gather(child.stdout, options.lastBytes);
  const stderr = gather(child.stderr, options.lastBytes);
  // A tool that does not read its input to the end says why by its exit code.
  child.stdin?.on("error", () => undefined).end(input);
  const end = await ending(child, options);
  const interrupted = end.stopReason === "interrupted" && end.exitCode !== 0;
  if (interrupted) options.signal?.throwIfAborted();
  return {
    exitCode: end.exitCode,
    signal: end.signal,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr).toString("utf8"),
    timedOut: end.stopReason === "timeout",
  };
}

function gather(stream: NodeJS.ReadableStream | null, lastBytes = Number.POSITIVE_INFINITY): Buffer[] {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size - (chunks[0]?.length ?? 0) >= lastBytes) size -= chunks.shift()?.length ?? 0;
  });
  return chunks;
}

interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stopReason: Stopper["reason"];
}

function ending(child: ChildProcess, { timeout, signal }: ToolOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    if (child.pid === undefined) return;
    const group = child.pid;
    const stopper = new Stopper(group, () => {
      closeStreams(child);
    });
    if (timeout !== undefined) stopper.stopAfter(timeout);
    const abort = (): void => {
      stopper.stop("interrupted");
    };
    // Many tools may run at a time; Node would warn on stderr above ten.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener("abort", abort, { once: true });
    child.once("exit", () => {
      // What is left of a stopped group must not hold the pipes open either.
      if (stopper.reason !== undefined) sendSignal(-group, "SIGKILL");
      setTimeout(() => {
        if (stopper.reason === undefined) child.stderr?.destroy();
        else closeStreams(child);
      }, drainTime).unref();
    });
    child.once("close", (exitCode, endSignal) => {
      stopper.over();
      signal?.removeEventListener("abort", abort);
      resolve({
        exitCode: exitCode ?? undefined,
        signal: endSignal ?? undefined,
        stopReason: stopper.reason,
      });
    });
  });
}

function closeStreams(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}
