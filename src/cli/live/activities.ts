import type { Activity, Environment } from "../../context.ts";
import { cut } from "../../text/cut.ts";
import { duration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Globals } from "../globals.ts";
import type { Printer } from "../printer.ts";
import type { Terminal } from "../terminal.ts";
import { Area, drawnColumns } from "./area.ts";

/** Milliseconds between two frames of the live lines. */
const frameTime = 100;
/** Milliseconds between two signs of life where nothing can be drawn. */
const heartbeat = 30_000;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const defaultRows = 24;

type Begin = (name: string, now: () => string) => Activity;

interface Place {
  readonly printer: Printer;
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly globals: Globals;
}

/** Gives long work a voice: a live line each on a terminal, else a line for each state and each half minute. */
export function createActivities(place: Place): Begin {
  const begin = canDraw(place) ? drawn(place) : told(place.printer);
  return (name, now) => endedOnce(begin(escapeControls(name), now));
}

function canDraw({ terminal: { stderr }, env, globals }: Place): boolean {
  const ci = env["CI"] ?? "";
  const isCi = ci !== "" && ci !== "0" && ci !== "false";
  return !globals.quiet && stderr.isTTY === true && env["TERM"] !== "dumb" && !isCi;
}

function endedOnce(activity: Activity): Activity {
  let over = false;
  return {
    ...activity,
    end(how) {
      if (!over) activity.end(how);
      over = true;
    },
  };
}

function told(printer: Printer): Begin {
  return (name, now) => {
    let kind = "running";
    let since = now();
    let timer: NodeJS.Timeout | undefined;
    const tell = (what: string): void => {
      printer.note(`${name}: ${what}`);
    };
    return {
      state(next, what) {
        kind = next;
        since = now();
        tell(what);
        clearInterval(timer);
        timer = setInterval(() => {
          tell(`${elapsed(since, now)}, still ${kind}`);
        }, heartbeat).unref();
      },
      output: () => undefined, // the log has it
      end(how) {
        clearInterval(timer);
        if (how !== undefined) tell(how);
      },
    };
  };
}

function elapsed(since: string, now: () => string): string {
  return duration(Date.parse(now()) - Date.parse(since));
}

/** One line of the live area. */
interface Line {
  readonly name: string;
  readonly now: () => string;
  since: string;
  shown: string;
}

function drawn(place: Place): Begin {
  const { printer, terminal, env } = place;
  const area = new Area(terminal.stderr, env);
  const lines = new Set<Line>();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    frame += 1;
    printer.live(area, linesOf(place, [...lines], spinner[frame % spinner.length] ?? ""));
  };
  return (name, now) => {
    const line: Line = { name, now, since: now(), shown: "" };
    lines.add(line);
    timer ??= setInterval(draw, frameTime).unref();
    return {
      state(_kind, what) {
        line.since = now();
        line.shown = what;
        draw();
      },
      output(text) {
        // Of what a command draws itself, the last state.
        const last = text.split("\r").findLast((part) => part.trim() !== "");
        if (last !== undefined) line.shown = last;
      },
      end(how) {
        lines.delete(line);
        draw();
        if (how !== undefined) printer.note(`${name}: ${how}`);
        if (lines.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      },
    };
  };
}

function linesOf({ printer, terminal, env }: Place, lines: readonly Line[], sign: string): string[] {
  // A line that fills the terminal would be folded by some, and not by others.
  const cells = drawnColumns(terminal.stderr, env) - 1;
  const room = Math.max(1, (terminal.stderr.rows || defaultRows) - 2);
  const shown = lines.slice(0, lines.length > room ? room - 1 : room).map((line) => {
    const head = `${sign} ${line.name} ${elapsed(line.since, line.now)}`;
    const whole = cut(`${head}  ${escapeControls(line.shown, "space")}`, cells);
    return whole.startsWith(head) ? head + printer.marks.dim(whole.slice(head.length)) : whole;
  });
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, cut(`… and ${more} more`, cells)] : shown;
}
