import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { sendSignal } from "./left-processes.ts";

/** How a tool that is asked over its stdin ended. */
export interface DialogueEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
  /** The system's error when it could not be started. */
  readonly error: Error | undefined;
}

/** What is told of a tool. */
export interface Listener {
  data(chunk: Buffer): void;
  /** Once, by itself or after `close` or `stop`. */
  end(end: DialogueEnd): void;
}

/** A tool that stays and answers what is written to it. */
export interface Dialogue {
  write(text: string): void;
  /** Whether an answer is waited for: this process does not stay for a tool that nobody asks. */
  expect(answer: boolean): void;
  /** Ends its input, upon which it ends. */
  close(): void;
  /** Ends it by a signal. */
  stop(): void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const mostChunks = 16;

/** Starts a tool in its own process group, without a terminal; it ends with this process, whose end closes its input. */
export function openDialogue(
  argv: readonly [string, ...string[]],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
  listener: Listener,
): Dialogue {
  const [program, ...words] = argv;
  const child: Child = spawn(program, words, { ...place, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const stderr: Buffer[] = [];
  let error: Error | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    listener.data(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < mostChunks) stderr.push(chunk);
  });
  // Why it reads no more is told by its end.
  child.stdin.on("error", () => undefined);
  child.once("error", (cause) => {
    error = cause;
  });
  child.once("close", (exitCode, signal) => {
    const said = Buffer.concat(stderr).toString("utf8");
    listener.end({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, stderr: said, error });
  });
  return {
    write: (text) => void child.stdin.write(text),
    expect: (answer) => {
      for (const one of [child, ...socketsOf(child)]) {
        if (answer) one.ref();
        else one.unref();
      }
    },
    close: () => void child.stdin.end(),
    stop: () => {
      if (child.pid !== undefined) sendSignal(-child.pid, "SIGTERM");
    },
  };
}

function socketsOf({ stdin, stdout, stderr }: Child): Socket[] {
  return [stdin, stdout, stderr].filter((stream) => stream instanceof Socket);
}
