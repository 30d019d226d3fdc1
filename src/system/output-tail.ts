const keptLines = 40;
const lineBytes = 2000;
const newline = 10;

/** The last lines of a command's output, in memory that does not grow with it. */
export class OutputTail {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #pending = new Map<string, Buffer>();
  #lines: string[] = [];

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes output of one stream; of a flood only the last lines of each chunk are looked at. */
  add(stream: string, chunk: Buffer): void {
    let from = startOfLastLines(chunk);
    let begun = from === 0 ? this.#pending.get(stream) : undefined;
    for (let end = chunk.indexOf(newline, from); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#push(join(begun, chunk.subarray(from, end)));
      begun = undefined;
      from = end + 1;
    }
    this.#pending.set(stream, join(begun, chunk.subarray(from)));
  }

  /** Takes the lines that did not end, then gives the last ones, decoded as UTF-8. */
  finish(): string[] {
    for (const rest of this.#pending.values()) if (rest.length > 0) this.#push(rest);
    this.#pending.clear();
    return this.#lines;
  }

  #push(bytes: Buffer): void {
    const line = bytes.toString("utf8").replace(/\r$/, "");
    this.#lines = [...this.#lines.slice(1 - keptLines), line];
    this.#onLine?.(line);
  }
}

function startOfLastLines(chunk: Buffer): number {
  let position = chunk.length;
  for (let count = 0; count <= keptLines; count += 1) {
    if (position <= 0) return 0;
    position = chunk.lastIndexOf(newline, position - 1);
    if (position < 0) return 0;
  }
  return position + 1;
}

// A line without end must not be kept whole, and a copy lets go of the chunk it was part of.
function join(begun: Buffer | undefined, rest: Buffer): Buffer {
  const head = begun ?? Buffer.alloc(0);
  return Buffer.concat([head, rest.subarray(0, Math.max(0, lineBytes - head.length))]);
}
