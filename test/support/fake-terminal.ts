import { PassThrough } from "node:stream";
import type { Terminal } from "../../src/cli/terminal.ts";

/** Which streams are terminals, how wide, and what is piped in. */
export interface FakeTerminalOptions {
  /** All three streams at once; the others override it. */
  readonly tty?: boolean;
  readonly stdinTty?: boolean;
  readonly stdoutTty?: boolean;
  readonly stderrTty?: boolean;
  readonly columns?: number;
  /** What standard input holds; left open and silent where undefined and stdin is a terminal. */
  readonly stdin?: string | Buffer;
}

/** A terminal in memory, with what was printed on it. */
export interface FakeTerminal extends Terminal {
  readonly stdin: PassThrough & { isTTY?: boolean };
  out(): string;
  err(): string;
}

function recorded(isTTY: boolean, columns: number | undefined): [PassThrough, () => string] {
  const stream = Object.assign(new PassThrough(), { isTTY, ...(columns === undefined ? {} : { columns }) });
  let text = "";
  // Read at once: an unread PassThrough would stop taking more.
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  return [stream, () => text];
}

/** Makes a terminal in memory. */
export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { tty = false, columns } = options;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: options.stdinTty ?? tty,
    setRawMode: () => undefined,
  });
  if (options.stdin !== undefined || !stdin.isTTY) stdin.end(options.stdin ?? "");
  const [stdout, out] = recorded(options.stdoutTty ?? tty, columns);
  const [stderr, err] = recorded(options.stderrTty ?? tty, columns);
  return { stdin, stdout, stderr, out, err };
}
