import type { OriginalRow, OriginalValue } from "../store/original/original-row.ts";
import { parseTime } from "./parse-time.ts";

/** Reads the columns of one row, whatever SQLite let the original put there, and notes what it had to bend. */
export interface RowReader {
  /** Text, or null for nothing; NUL and bytes that are no text are noted and replaced. */
  text(column: string): string | null;
  /** A whole number from 0; `otherwise` for nothing, and noted for anything else. */
  count(column: string, otherwise: number): number;
  /** A time in calm's form; null for nothing, and noted for what is no time. */
  time(column: string): string | null;
  /** The raw value. */
  raw(column: string): OriginalValue;
  /** Notes that the row does not come over as it was. */
  change(reason: string): void;
  /** What was noted; each reason once. */
  readonly changes: ReadonlySet<string>;
}

/** Starts to read a row. */
export function readRow(row: OriginalRow): RowReader {
  const changes = new Set<string>();
  const change = (reason: string): void => void changes.add(reason);
  const raw = (column: string): OriginalValue => row[column] ?? null;
  const text = (column: string): string | null => {
    const value = asText(raw(column));
    if (value === null) return null;
    if (value === undefined) {
      change(`${column} holds bytes that are no text`);
      return null;
    }
    if (!value.includes("\0")) return value;
    change(`${column} held NUL characters`);
    return value.replaceAll("\0", "\uFFFD");
  };
  return {
    changes,
    change,
    raw,
    text,
    count: (column, otherwise) => {
      const value = raw(column);
      if (value === null || value === "") return otherwise;
      const number = typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
      if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
      change(`${column} is no whole number from 0`);
      return otherwise;
    },
    time: (column) => {
      const value = raw(column);
      if (value === null || value === "") return null;
      const time = parseTime(value);
      if (time === undefined) change(`${column} is no time`);
      return time ?? null;
    },
  };
}

/** The text that a value stands for; undefined for bytes that are none. */
export function asText(value: OriginalValue): string | null | undefined {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if ("integer" in value) return value.integer;
  if ("real" in value) return value.real;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(value.base64, "base64"),
    );
  } catch {
    return undefined;
  }
}
