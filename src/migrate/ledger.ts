import { type Here, keyOf, seenKey } from "../store/original/here.ts";
import type { OriginalRow, OriginalTable } from "../store/original/original-row.ts";
import { asText } from "./read-row.ts";
import { createFingerprints } from "./fingerprint.ts";
import { unknownColumns } from "./known-columns.ts";
import type { Mapped } from "./mapped.ts";
import type { PlannedRow } from "./planned-row.ts";
import type { Source } from "./sources.ts";
import type { ImportedRow } from "../store/original/add-imported.ts";

/** A row that is about to be judged. */
export interface Judged {
  readonly table: OriginalTable;
  readonly raw: OriginalRow;
  readonly project: string;
  /** True where another project may have got the row before: it belongs to none. */
  readonly ofNoProject?: boolean;
}

/** Judges the rows of one source and remembers, across sources, what has been dealt with. */
export interface Ledger {
  /** Plans a row, unless it has been dealt with; `decide` says what becomes of it. */
  judge(
    judged: Judged,
    decide: (fingerprint: string) => Mapped<Omit<PlannedRow, keyof Common> & { imported: ImportedRow }>,
  ): PlannedRow;
}

type Common = Pick<
  PlannedRow,
  "source" | "table" | "key" | "project" | "fingerprint" | "outcome" | "reasons" | "raw"
>;

/** What is remembered across the sources of one run. */
export type SeenRows = Set<string>;

/** Starts with what has been dealt with in earlier runs. */
export function rememberSeen(here: Here): SeenRows {
  return new Set(here.seen);
}

/** The ledger of one source. */
export function createLedger(source: Source, seen: SeenRows): Ledger {
  const fingerprintOf = createFingerprints();
  const numbers = new Map<OriginalTable, number>();
  return {
    judge: ({ table, raw, project, ofNoProject = false }, decide) => {
      const number = (numbers.get(table) ?? 0) + 1;
      numbers.set(table, number);
      const fingerprint = fingerprintOf(project, table, raw);
      const common = { source: source.path, table, key: keyIn(raw, number), project, fingerprint, raw };
      if (seen.has(seenKey(ofNoProject ? "" : project, table, fingerprint))) {
        return { ...common, outcome: "already_here", reasons: [] };
      }
      for (const owner of [project, ""]) seen.add(keyOf(owner, table, fingerprint));
      const decided = decide(fingerprint);
      if ("aside" in decided) return { ...common, outcome: "set_aside", reasons: [decided.aside] };
      const unknown = unknownColumns(table, raw);
      const reasons = [
        ...decided.changes,
        ...(unknown.length > 0 ? [`it has columns that calm does not know: ${unknown.join(", ")}`] : []),
      ];
      return { ...common, ...decided.record, outcome: reasons.length > 0 ? "changed" : "kept", reasons };
    },
  };
}

function keyIn(raw: OriginalRow, number: number): string {
  const key = asText(raw["id"] ?? raw["name"] ?? null);
  return typeof key === "string" && key !== "" ? key : `#${number}`;
}
