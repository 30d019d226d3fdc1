import type { Counter } from "../../model/counter.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import { isPlainName, type Mapped, mapped } from "../mapped.ts";
import { readRow } from "../read-row.ts";

/** Maps a row of `counters`; where calm has the counter already, the higher value stays. */
export function mapCounter(source: OriginalRow): Mapped<Counter> {
  const row = readRow(source);
  const name = row.text("name");
  if (!isPlainName(name) || /[:@]/.test(name)) return { aside: "its name is no name of a counter" };
  return mapped({ name, value: row.count("value", 0) }, row);
}
