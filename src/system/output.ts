import type { Readable } from "node:stream";
import { setImmediate as nextPoll, setTimeout as sleep } from "node:timers/promises";

const drain = 100;

/** The two output streams of a process, handed on chunk by chunk until `close`. */
export class Output {
  readonly #streams: readonly Readable[];
  readonly #ended: Promise<unknown>;
  #problem: Error | undefined;

  /** `onProblem` is called once when a chunk could not be taken; `close` then throws why. */
  constructor(
    streams: { readonly stdout: Readable; readonly stderr: Readable },
    take: (stream: string, chunk: Buffer) => void,
    onProblem: () => void,
  ) {
    this.#streams = [streams.stdout, streams.stderr];
    const handOn = (name: string) => (chunk: Buffer) => {
      if (this.#problem !== undefined) return;
      try {
        take(name, chunk);
      } catch (error) {
        this.#problem = error instanceof Error ? error : new Error(String(error));
        onProblem();
      }
    };
    streams.stdout.on("data", handOn("stdout"));
    streams.stderr.on("data", handOn("stderr"));
    this.#ended = Promise.all(this.#streams.map((stream) => closed(stream)));
  }

  /** Waits for the rest, but not for a process that keeps the pipe open. */
  async drained(): Promise<void> {
    // After a timer the loop may not have looked at the pipes yet.
    // Nor may the timer, which most often nobody waits for any more, keep calm from ending.
    await Promise.race([this.#ended, sleep(drain, undefined, { ref: false }).then(() => nextPoll())]);
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    if (this.#problem !== undefined) throw this.#problem;
  }
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", resolve);
    stream.once("error", resolve); // a broken pipe has no more to give
  });
}
