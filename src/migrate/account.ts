import * as z from "zod/mini";
import { field } from "../model/field.ts";
import { originalTables } from "../store/original/original-row.ts";
import type { PlannedRow } from "./planned-row.ts";

/** What became of one table of one file; `read` is the sum of the others. */
export const TableAccount = z.object({
  source: field(z.string(), "The file"),
  table: z.string(),
  read: z.int(),
  kept: field(z.int(), "Say here what they said there"),
  changed: field(z.int(), "Came in, but not quite as they were; the row as it was lies with the leftovers"),
  set_aside: field(z.int(), "Fit nowhere, and lie with the leftovers"),
  already_here: field(z.int(), "Had been dealt with before"),
});
export type TableAccount = z.output<typeof TableAccount>;

/** Rows of one table that share a reason. */
export const Remark = z.object({
  source: field(z.string(), "The file"),
  table: z.string(),
  outcome: z.enum(["changed", "set_aside"]),
  reason: field(z.string(), "Why"),
  rows: field(z.array(z.string()), "The rows by their id, or #n for the n-th of its table"),
});
export type Remark = z.output<typeof Remark>;

/** Adds up what became of every table that has rows. */
export function accountFor(rows: readonly PlannedRow[]): TableAccount[] {
  const accounts = new Map<string, TableAccount>();
  for (const { source, table, outcome } of rows) {
    const key = `${source}\u0000${table}`;
    const account = accounts.get(key) ?? {
      ...{ source, table, read: 0, kept: 0, changed: 0, set_aside: 0, already_here: 0 },
    };
    account.read += 1;
    account[outcome] += 1;
    accounts.set(key, account);
  }
  const rank = ({ table }: TableAccount): number => originalTables.findIndex((name) => name === table);
  const order = [...new Set(rows.map(({ source }) => source))];
  return [...accounts.values()].sort(
    (a, b) => order.indexOf(a.source) - order.indexOf(b.source) || rank(a) - rank(b),
  );
}

/** Every reason with the rows that it holds for, the changed ones first. */
export function remarksOn(rows: readonly PlannedRow[]): Remark[] {
  const remarks = new Map<string, Remark>();
  for (const { source, table, outcome, reasons, key } of rows) {
    if (outcome !== "changed" && outcome !== "set_aside") continue;
    for (const reason of reasons) {
      const group = [source, table, outcome, reason].join("\u0000");
      const remark = remarks.get(group) ?? { source, table, outcome, reason, rows: [] };
      remark.rows.push(key);
      remarks.set(group, remark);
    }
  }
  const all = [...remarks.values()];
  return (["changed", "set_aside"] as const).flatMap((outcome) =>
    all.filter((remark) => remark.outcome === outcome),
  );
}
