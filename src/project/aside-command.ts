import { shellQuote } from "../model/shell-quote.ts";
import { freePath } from "../system/free-path.ts";

/** The command for people that moves away what lies in the way at a path, over nothing. */
export function asideCommand(path: string): string {
  return `mv ${shellQuote(path)} ${shellQuote(freePath(`${path}.old`))}`;
}
