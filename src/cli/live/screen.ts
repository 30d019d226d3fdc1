import { plural } from "../../text/plural.ts";
import type { Session } from "../command.ts";

// log-update, which draws into the scrolled text, erases before it writes, and hooks the process's end for the cursor.
// On a screen of its own four sequences are enough: every line is overwritten in place, so nothing flickers.
const enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const begin = "\x1b[?2026h\x1b[H";
// Before the line: behind one that fills the terminal it would take the last cell away.
const clearLine = "\x1b[K";
const end = "\x1b[J\x1b[?2026l";

const defaultRows = 24;

/** A screen of its own above what the terminal showed before; it appears with the first frame. */
export interface Screen {
  /** Puts these lines in place of the last ones; what the terminal has no room for is counted in the footer. */
  show(lines: readonly string[], footer: string): void;
  /** Brings back what the terminal showed before. */
  close(): void;
}

/** Makes a screen on stdout. */
export function createScreen({ printer, terminal }: Session): Screen {
  let open = false;
  return {
    show(lines, footer) {
      // A terminal that does not know its size says 0.
      const room = (terminal.stdout.rows || defaultRows) - 1;
      const hidden = lines.length - room;
      const more = hidden > 0 ? `${plural(hidden, "more line")} below; ` : "";
      const frame = [...lines.slice(0, room), printer.colors.dim(`${more}${footer}`)];
      const drawn = frame.map((line) => `${clearLine}${line}`).join("\n");
      printer.verbatim(`${open ? "" : enter}${begin}${drawn}${end}`);
      open = true;
    },
    close() {
      if (open) printer.verbatim(leave);
      open = false;
    },
  };
}
