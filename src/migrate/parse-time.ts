import type { OriginalValue } from "../store/original/original-row.ts";

const written =
  /^(\d{4}-\d\d-\d\d)(?:([ T])(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i;
/** From here on a number counts milliseconds and no longer seconds. */
const leastMilliseconds = 100_000_000_000;

/**
 * A time as the original's programs wrote it, in calm's form; undefined when it is none. `YYYY-MM-DD HH:MM:SS` is
 * SQLite's own and UTC; with a `T` and no zone it is Python's, in the local time of the machine.
 */
export function parseTime(value: OriginalValue): string | undefined {
  if (typeof value === "number") return fromNumber(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d{9,13}(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const match = written.exec(text);
  if (!match) return undefined;
  const [, day = "", separator, minutes = "00:00", seconds = "00", fraction = "", zone] = match;
  const clock = `${day}T${minutes}:${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}`;
  return toText(new Date(clock + zoneOf(zone, separator)));
}

function zoneOf(zone: string | undefined, separator: string | undefined): string {
  if (zone === undefined) return separator?.toUpperCase() === "T" ? "" : "Z";
  if (/^(z|utc)$/i.test(zone)) return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function fromNumber(number: number): string | undefined {
  // Below it is hardly a point in time: 1973 in seconds.
  if (!Number.isFinite(number) || number < 100_000_000) return undefined;
  return toText(new Date(number >= leastMilliseconds ? number : number * 1000));
}

function toText(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const text = date.toISOString();
  // Years beyond 9999 are written with a sign, and are no time that calm could store.
  return /^\d{4}-/.test(text) ? text : undefined;
}
