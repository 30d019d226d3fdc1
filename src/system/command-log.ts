import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { makePrivateFolder } from "./private-folder.ts";

/** The finished log of a command. */
export interface LogFacts {
  /** Size of the file. */
  readonly logBytes: number;
  readonly logCut: boolean;
  readonly logSha256: string;
}

/** A command's output on its way into a file of limited size; errors are a Failure file_failed. */
export class CommandLog {
  readonly #path: string;
  readonly #limit: number;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #cut = false;

  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
    this.#file = this.#guard(() => {
      makePrivateFolder(dirname(path));
      return openSync(path, "w", 0o600);
    });
  }

  /** Writes at once, so that a flood is slowed down by the disk and never waits in memory. */
  write(chunk: Uint8Array): void {
    if (this.#cut) return;
    const room = this.#limit - this.#bytes;
    this.#append(chunk.subarray(0, room));
    if (chunk.length <= room) return;
    this.#cut = true;
    this.#append(Buffer.from(`\n[calm: the log is cut here, after ${this.#limit} bytes]\n`));
  }

  /** What the file holds; nothing can be written after that. */
  facts(): LogFacts {
    return { logBytes: this.#bytes, logCut: this.#cut, logSha256: this.#hash.digest("hex") };
  }

  close(): void {
    closeSync(this.#file);
  }

  #append(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) {
      written += this.#guard(() => writeSync(this.#file, bytes, written));
    }
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Failure("file_failed", `The log ${this.#path} cannot be written: ${reason}`, { cause });
    }
  }
}
