import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { administer } from "../../merge/administer.ts";
import { UndoJournal } from "../../merge/merge-journal.ts";
import { RowChange } from "../../model/row-change.ts";
import { listEvents } from "../../store/events.ts";
import { findJournal, type JournalEntry, listOpenJournal } from "../../store/journal.ts";
import type { Store } from "../../store/store.ts";
import { pathExists } from "../../system/files.ts";
import { isAlive } from "../../system/process-identity.ts";
import { describeRows, describeSteps, type UndoAnswer } from "./describe-undo.ts";

/** So few events come between what is taken back and the word of it that a dead process has left. */
const near = 500;

/**
 * Puts right what was cut short, which may be the last operation. Where that was an undo of the same actor, and is done
 * now, gives its answer: who calls it again after a kill wants one operation taken back, not two.
 */
export async function finishInterrupted(context: Context): Promise<UndoAnswer | undefined> {
  const store = await context.store();
  const open = await listOpenJournal(store);
  if (open.length === 0) return undefined;
  const own = open.filter((entry) => isOwnDeadUndo(context, entry));
  await administer(context, () => Promise.resolve());
  for (const { id } of own) {
    const entry = await findJournal(store, id);
    if (entry?.state === "done") return answerOf(store, UndoJournal.parse(entry.data));
  }
  return undefined;
}

function isOwnDeadUndo(context: Context, entry: JournalEntry): boolean {
  const { host, pid, pid_started: started, actor } = entry;
  if (!UndoJournal.safeParse(entry.data).success) return false;
  return actor === context.actor.name && host === context.host && !isAlive({ pid, started });
}

const Told = z.object({ undid: z.array(z.int()), changes: z.array(RowChange) });

async function answerOf(store: Store, data: UndoJournal): Promise<UndoAnswer | undefined> {
  const { events, what, steps, target, merge, revert, candidate, push } = data;
  const last = events.at(-1) ?? 0;
  const [made, ...since] = await listEvents(store, { after: last - 1, limit: near });
  if (!made) return undefined;
  const told = since.flatMap((event) => Told.safeParse(event.data).data ?? []);
  const rows = told.find(({ undid }) => undid.at(-1) === last)?.changes ?? [];
  return {
    ...{ operation: made.operation, actor: made.actor, at: made.at, task: made.task_id, events },
    ...{ summary: what, dry_run: false, passed: true },
    rows: describeRows(rows),
    // What prevented one was told while it was finished.
    worktrees: describeSteps(steps, ({ kind, path }) => pathExists(path) === (kind !== "remove")),
    branch: merge
      ? {
          ...{ name: target, how: revert ? "revert" : "move_back", because: null },
          ...{ from: merge.commit, to: candidate ?? null, pushes: push === true },
        }
      : null,
    ...{ gate_run: revert?.gateRun ?? null, failed: [] },
  };
}
