import { cellWidth } from "../../text/cut.ts";
import { columnsOf, type Output } from "../terminal.ts";
import type { Environment } from "../../context.ts";

// Drawn at once, where the terminal knows the sequence, so that nothing flickers.
const begin = "\x1b[?2026h";
const end = "\x1b[?2026l";

/** The true width of a terminal that is drawn on: COLUMNS may say what once was. */
export function drawnColumns(stream: Output, env: Environment): number {
  return stream.columns || columnsOf(stream, env);
}

/**
 * Some lines below everything that was printed, in the scrolled text. The cursor stays visible and on the line after
 * them, so there is nothing to restore, however the process ends.
 */
export class Area {
  readonly #stream: Output;
  readonly #env: Environment;
  #lines: readonly string[] = [];

  constructor(stream: Output, env: Environment) {
    this.#stream = stream;
    this.#env = env;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** The text that puts a printed one above the area, and these lines in place of its last ones. */
  frame(printed: string, lines: readonly string[] = this.#lines): string {
    const drawn = `${this.#erased()}${printed}${lines.map((line) => `${line}\n`).join("")}`;
    const bare = this.isEmpty && lines.length === 0;
    this.#lines = lines;
    return bare ? printed : `${begin}${drawn}${end}`;
  }

  /** Rows are counted anew: a window that has become narrower since has folded the lines. */
  #erased(): string {
    const columns = drawnColumns(this.#stream, this.#env);
    const rows = this.#lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(cellWidth(line) / columns)),
      0,
    );
    return rows === 0 ? "" : `\x1b[${rows}A\r\x1b[J`;
  }
}
