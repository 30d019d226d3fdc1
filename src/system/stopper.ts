import { sendSignal } from "./left-processes.ts";

/** Why a command was stopped from outside. */
type StopReason = "timeout" | "interrupted";

const grace = 3000;
const kernelGrace = 5000;
const longestTimer = 2 ** 31 - 1;

/** Ends a process group once: TERM, then KILL. Its reason stays the verdict, whatever the command answers to TERM. */
export class Stopper {
  readonly #group: number;
  readonly #onStuck: () => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #reason: StopReason | undefined;
  #over = false;

  /** `onStuck` is called when a killed process still does not end, which is a matter of the kernel. */
  constructor(group: number, onStuck: () => void) {
    this.#group = group;
    this.#onStuck = onStuck;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** Stops after this many milliseconds. */
  stopAfter(timeout: number): void {
    // A longer timer would overflow and fire at once.
    this.#later(Math.min(timeout, longestTimer), () => {
      this.stop("timeout");
    });
  }

  stop(reason: StopReason): void {
    if (this.#reason !== undefined || this.#over) return;
    this.#reason = reason;
    sendSignal(-this.#group, "SIGTERM");
    this.#later(grace, () => sendSignal(-this.#group, "SIGKILL"));
    this.#later(grace + kernelGrace, this.#onStuck);
  }

  /** The process has ended: its number may be another's from now on. */
  over(): void {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delay: number, work: () => void): void {
    this.#timers.push(setTimeout(work, delay));
  }
}
