import { isUtf8 } from "node:buffer";
import { Failure } from "../failure.ts";
import type { Input } from "./terminal.ts";

const mostBytes = 5 * 1024 * 1024;

/** Everything on standard input: at most 5 MB of UTF-8, a Failure invalid_input otherwise. */
export async function readStandardInput(stdin: Input, signal: AbortSignal): Promise<string> {
  const stop = (): void => {
    stdin.destroy(new Error("interrupted while reading standard input"));
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return decode(await collect(stdin));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function collect(stdin: Input): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > mostBytes) throw unreadable("has more than 5 MB", "Give it in parts: split --bytes=5M <file>");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw unreadable("is not UTF-8 text", "Convert it: iconv --from-code=LATIN1 --to-code=UTF-8 <file>");
}

function unreadable(what: string, hint: string): Failure {
  return new Failure("invalid_input", `Standard input ${what}`, { hint });
}
