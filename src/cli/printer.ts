import type { Environment } from "../context.ts";
import { loadColors } from "../text/colors.ts";
import { escapeControls } from "../text/escape.ts";
import type { Colors } from "../text/text.ts";
import type { Globals } from "./globals.ts";
import type { Area } from "./live/area.ts";
import { columnsOf, isUncut, type Output, type Terminal, wantsColor } from "./terminal.ts";

/** The two voices of calm: the answer on stdout, everything else on stderr. */
export interface Printer {
  /** Colours for the answer. */
  readonly colors: Colors;
  /** Colours for narration. */
  readonly marks: Colors;
  /** Width for the answer. */
  readonly columns: number;
  /** Whether tables need not fit into those. */
  readonly uncut: boolean;
  /** Every warning so far, for the JSON envelope. */
  readonly warnings: readonly string[];
  /** Why stdout could not take the answer; a reader that went away is no reason. */
  readonly broken: Error | undefined;
  /** True once whoever read stdout has gone away: there is no use in answering on. */
  readonly readerGone: boolean;
  /** The answer as it is, with a line break at its end; nothing for "". */
  answer(text: string): void;
  /** The answer byte for byte, without a line break of calm's own. */
  verbatim(text: string): void;
  /** A line of narration. */
  note(message: string): void;
  /** `warning: …`, and remembered. */
  warn(message: string): void;
  /** `next: …`, a command that usually follows. */
  next(command: string): void;
  /** `error: …` and `hint: …`; the only narration that --quiet lets through. */
  error(message: string, hint: string | undefined): void;
  /** Puts lines into the one area below all narration, in place of its last ones; only where stderr can be drawn on. */
  live(area: Area, lines: readonly string[]): void;
  /** Waits until the streams have taken everything. */
  flush(): Promise<void>;
}

/** Writes to streams of which each may be closed by its reader at any time. */
class StreamPrinter implements Printer {
  readonly colors: Colors;
  readonly columns: number;
  readonly uncut: boolean;
  readonly warnings: string[] = [];
  broken: Error | undefined;
  readerGone = false;
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  readonly marks: Colors;
  #area: Area | undefined;
  readonly #heard = new Set<Output>();
  readonly #pending: Promise<void>[] = [];

  constructor(terminal: Terminal, env: Environment, quiet: boolean, colors: Colors, marks: Colors) {
    this.#terminal = terminal;
    this.#quiet = quiet;
    this.marks = marks;
    this.colors = colors;
    this.columns = columnsOf(terminal.stdout, env);
    this.uncut = isUncut(terminal.stdout, env);
  }

  answer(text: string): void {
    if (text !== "") this.verbatim(text.endsWith("\n") ? text : `${text}\n`);
  }

  verbatim(text: string): void {
    // Both streams may be one terminal.
    if (this.#area?.isEmpty === false) this.live(this.#area, []);
    this.#write(this.#terminal.stdout, text, (error) => {
      if (readerIsGone(error)) this.readerGone = true;
      else this.broken = error;
    });
  }

  note(message: string): void {
    if (!this.#quiet) this.#say(escapeControls(message, "keep"));
  }

  warn(message: string): void {
    this.warnings.push(message);
    if (!this.#quiet) this.#say(`${this.marks.yellow("warning:")} ${escapeControls(message, "keep")}`);
  }

  next(command: string): void {
    if (!this.#quiet) this.#say(`${this.marks.dim("next:")} ${escapeControls(command)}`);
  }

  error(message: string, hint: string | undefined): void {
    this.#say(`${this.marks.red("error:")} ${escapeControls(message, "keep")}`);
    if (hint !== undefined) this.#say(`${this.marks.cyan("hint:")} ${escapeControls(hint, "keep")}`);
  }

  live(area: Area, lines: readonly string[]): void {
    this.#area = area;
    const frame = area.frame("", lines);
    if (frame !== "") this.#write(this.#terminal.stderr, frame, () => undefined); // as what is said
  }

  async flush(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }

  #say(line: string): void {
    // There is no place left to tell that stderr is broken.
    this.#write(this.#terminal.stderr, this.#area?.frame(`${line}\n`) ?? `${line}\n`, () => undefined);
  }

  #write(stream: Output, text: string, onError: (error: Error) => void): void {
    if (!this.#heard.has(stream)) {
      this.#heard.add(stream);
      // The write's callback has the error; the event without a listener would end the process with a trace.
      // It stays for the life of the process: the reader may go away after the last write, too.
      stream.on("error", () => undefined);
    }
    if (stream.destroyed) return;
    const taken = new Promise<void>((resolve) => {
      const done = (error: Error | null | undefined): void => {
        if (error) onError(error);
        resolve();
      };
      try {
        stream.write(text, done);
      } catch (error) {
        // A stream that writes at once may fail at once.
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
    this.#pending.push(taken);
  }
}

/** True for `calm … | head`: the reader had enough, which is no error. */
function readerIsGone(error: Error): boolean {
  return "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED");
}

/** Makes the printer of one call. */
export async function createPrinter(
  terminal: Terminal,
  env: Environment,
  globals: Globals,
): Promise<Printer> {
  const colors = await loadColors(wantsColor(terminal.stdout, globals.color, env));
  const marks = await loadColors(wantsColor(terminal.stderr, globals.color, env));
  return new StreamPrinter(terminal, env, globals.quiet, colors, marks);
}
