import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { finishLeft } from "../../merge/finish-left.ts";
import { isBeforePublishing, UndoJournal } from "../../merge/merge-journal.ts";
import { RowChange } from "../../model/row-change.ts";
import { listChanges } from "../../store/changes.ts";
import { listEvents } from "../../store/events.ts";
import { type JournalEntry, listOpenJournal } from "../../store/journal.ts";
import { netRows } from "../../store/put-back.ts";
import type { Store } from "../../store/store.ts";
import { isLeftBehind } from "../../system/process-identity.ts";
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
  const [done] = await finishLeft(context, own);
  return done && answerOf(store, UndoJournal.parse(done.data), false);
}

/**
 * What `finishInterrupted` would answer; undefined when nothing that was cut short goes before the last operation. Where
 * the branch has not moved the same operation is taken back anew.
 */
export async function foreseeFinish(context: Context): Promise<UndoAnswer | undefined> {
  const store = await context.store();
  const own = (await listOpenJournal(store)).find(
    (entry) => isOwnDeadUndo(context, entry) && !isBeforePublishing(entry.state),
  );
  return own && answerOf(store, UndoJournal.parse(own.data), true);
}

function isOwnDeadUndo(context: Context, entry: JournalEntry): boolean {
  if (!UndoJournal.safeParse(entry.data).success) return false;
  return entry.actor === context.actor.name && isLeftBehind(entry, context.host);
}

const Told = z.object({ undid: z.array(z.int()), changes: z.array(RowChange) });

async function answerOf(store: Store, data: UndoJournal, dry: boolean): Promise<UndoAnswer | undefined> {
  const { events, what, steps, target, merge, revert, candidate, push, left = [] } = data;
  const last = events.at(-1) ?? 0;
  const [made, ...since] = await listEvents(store, { after: last - 1, limit: near });
  if (!made) return undefined;
  const told = since.flatMap((event) => Told.safeParse(event.data).data ?? []);
  const rows =
    told.find(({ undid }) => undid.at(-1) === last)?.changes ??
    (await netRows(store, await listChanges(store, events)));
  return {
    ...{ operation: made.operation, actor: made.actor, at: made.at, task: made.task_id, events },
    ...{ summary: what.replace(`${made.operation}: `, ""), dry_run: dry, passed: true },
    rows: describeRows(rows),
    worktrees: describeSteps(steps, ({ task }) => !dry && !left.includes(task)),
    branch: merge
      ? {
          ...{ name: target, how: revert ? "revert" : "move_back", because: null },
          ...{ from: merge.commit, to: candidate ?? null, pushes: push === true },
        }
      : null,
    ...{ gate_run: revert?.gateRun ?? null, failed: [] },
  };
}
