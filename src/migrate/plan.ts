import type { Mapped } from "./mapped.ts";
import { type Here, keyOf } from "../store/original/here.ts";
import type { ImportedRow } from "../store/original/add-imported.ts";
import type { OriginalRow } from "../store/original/original-row.ts";
import { createLedger, type Ledger, rememberSeen } from "./ledger.ts";
import type { Places } from "./places.ts";
import { type HangingPlanning, planHanging } from "./plan-hanging.ts";
import { planTasks, settleBlockers, type TaskPlanning } from "./plan-tasks.ts";
import type { PlannedRow } from "./planned-row.ts";
import type { Source } from "./sources.ts";
import { mapCounter } from "./tables/counter.ts";
import { mapSession } from "./tables/session.ts";

/** Decides what becomes of every row of the sources; pure, so that a dry run shows exactly what would be done. */
export function planTakeOver(
  sources: readonly Source[],
  places: Places,
  here: Here,
  now: string,
): PlannedRow[] {
  const home = places.home.id;
  const tasks: TaskPlanning = { here, places, now, coming: new Map() };
  const hanging: HangingPlanning = { here, home, now, workers: new Set() };
  const seen = rememberSeen(here);
  const sessions = new Set<string>();
  const rows = sources.flatMap((source) => {
    const ledger = createLedger(source, seen);
    const planned = planTasks(source, ledger, tasks);
    return [
      ...planned.rows,
      ...planHanging(source, planned.links, ledger, hanging),
      ...planCounters(source, ledger, home, here),
      ...planSessions(
        source,
        ledger,
        home,
        (id) => {
          const key = keyOf(home, id);
          const taken = here.sessions.has(key) || sessions.has(key);
          sessions.add(key);
          return taken;
        },
        now,
      ),
    ];
  });
  return settleBlockers(rows, tasks);
}

/** A file of several projects cannot tell whose its counters and hand-offs are: the first to take them gets them. */
function isShared(source: Source): boolean {
  return source.original.tables.tasks.some((row) => "project_path" in row);
}

type Bound = Mapped<{ readonly imported: ImportedRow }>;

function planCounters(source: Source, ledger: Ledger, project: string, here: Here): PlannedRow[] {
  const decide = (raw: OriginalRow): Bound => {
    const counter = mapCounter(raw);
    if ("aside" in counter) return counter;
    const { record: row, changes } = counter;
    const own = here.counters.get(keyOf(project, row.name)) ?? 0;
    const higher = own > row.value ? [`calm's own value is higher and stays`] : [];
    return { record: { imported: { table: "counters", row } }, changes: [...changes, ...higher] };
  };
  return source.original.tables.counters.map((raw) =>
    ledger.judge({ table: "counters", raw, project, ofNoProject: isShared(source) }, () => decide(raw)),
  );
}

function planSessions(
  source: Source,
  ledger: Ledger,
  project: string,
  isTaken: (id: string) => boolean,
  now: string,
): PlannedRow[] {
  const decide = (raw: OriginalRow): Bound => {
    const session = mapSession(raw, now);
    if ("aside" in session) return session;
    const { record: row, changes } = session;
    if (isTaken(row.id)) return { aside: "another hand-off has this id" };
    return { record: { imported: { table: "sessions", row } }, changes };
  };
  return source.original.tables.sessions.map((raw) =>
    ledger.judge({ table: "sessions", raw, project, ofNoProject: isShared(source) }, () => decide(raw)),
  );
}
