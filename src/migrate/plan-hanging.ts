import { type Here, keyOf } from "../store/original/here.ts";
import type { ImportedRow } from "../store/original/add-imported.ts";
import type { OriginalRow, OriginalTable } from "../store/original/original-row.ts";
import type { Ledger } from "./ledger.ts";
import type { Mapped } from "./mapped.ts";
import type { TaskLink, TaskLinks } from "./plan-tasks.ts";
import type { PlannedRow } from "./planned-row.ts";
import { asText } from "./read-row.ts";
import type { Source } from "./sources.ts";
import { mapGatePass } from "./tables/gate-pass.ts";
import { mapMerge } from "./tables/merge.ts";
import { mapTransition } from "./tables/phase-transition.ts";
import { mapReview } from "./tables/review.ts";
import { mapTestRun } from "./tables/test-run.ts";
import { mapWorker } from "./tables/worker.ts";

/** The tables whose rows hang on a task. */
export const hangingTables = [
  "workers",
  "phase_transitions",
  "reviews",
  "test_runs",
  "gate_passes",
  "merge_log",
  "violations",
] as const satisfies readonly OriginalTable[];
type HangingTable = (typeof hangingTables)[number];

/** What planning rows that hang on tasks needs, and what it remembers across sources. */
export interface HangingPlanning {
  readonly here: Here;
  /** The project that calm was started in; of what hangs on nothing. */
  readonly home: string;
  readonly now: string;
  /** Workers that come in, by project and id. */
  readonly workers: Set<string>;
}

/** Plans the rows of a source that hang on its tasks. */
export function planHanging(
  source: Source,
  links: TaskLinks,
  ledger: Ledger,
  planning: HangingPlanning,
): PlannedRow[] {
  const lowerLinks = new Map([...links].reverse().map(([id, link]) => [id.toLowerCase(), link]));
  return hangingTables.flatMap((table) =>
    source.original.tables[table].map((raw) => {
      const task = asText(raw["task_id"] ?? null) ?? "";
      const link = links.get(task) ?? lowerLinks.get(task.toLowerCase());
      const project = link?.project ?? planning.home;
      return ledger.judge({ table, raw, project }, (fingerprint) => {
        const aside = problemOf(task, link);
        if (aside !== undefined || link?.id === undefined) return { aside: aside ?? "" };
        return hang({ table, raw, project, task: link.id, fingerprint }, planning);
      });
    }),
  );
}

function problemOf(task: string, link: TaskLink | undefined): string | undefined {
  if (task === "") return "it has no task";
  if (link === undefined) return "its task does not exist";
  return link.id === undefined ? "its task was not taken over" : undefined;
}

type Hung = Mapped<{ readonly imported: ImportedRow }>;

interface Hanging {
  readonly table: HangingTable;
  readonly raw: OriginalRow;
  readonly project: string;
  readonly task: string;
  readonly fingerprint: string;
}

function hang({ table, raw, project, task, fingerprint }: Hanging, planning: HangingPlanning): Hung {
  const { here, now, workers } = planning;
  const on = <R extends object>(
    row: Mapped<R>,
    toImported: (hung: R & { task_id: string }) => ImportedRow,
  ): Hung =>
    "aside" in row
      ? row
      : { record: { imported: toImported({ ...row.record, task_id: task }) }, changes: row.changes };
  switch (table) {
    case "workers": {
      const worker = mapWorker(raw, now);
      if ("aside" in worker) return worker;
      const key = keyOf(project, worker.record.id);
      if (here.workers.has(key) || workers.has(key)) return { aside: "another worker has this id" };
      workers.add(key);
      return on(worker, (row) => ({ table, row }));
    }
    case "phase_transitions":
      return on(mapTransition(raw, now), (row) => ({ table, row }));
    case "reviews":
      return on(mapReview(raw, now), (row) => ({ table, row }));
    case "test_runs":
      return on(mapTestRun(raw, now), (row) => ({ table, row }));
    case "gate_passes":
      return on(mapGatePass(raw, now), (row) => ({ table, row }));
    case "merge_log":
      return on(mapMerge(raw, now), (row) => ({ table, row: { ...row, id: `original-${fingerprint}` } }));
    case "violations":
      return { aside: "calm keeps no violations" };
  }
}
