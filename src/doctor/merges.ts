import type { Context } from "../context.ts";
import type { TrailedMerge } from "../git/calm-merges.ts";
import { administer } from "../merge/administer.ts";
import { isBorneOut } from "../merge/borne-out.ts";
import { forgetMerge } from "../merge/forget-merge.ts";
import { recordAgain } from "../merge/reconcile-merges.ts";
import { isReachable, listTakenBack, type TakenBack } from "../merge/taken-back.ts";
import { shortId } from "../model/id.ts";
import { gitIn } from "../model/shell-quote.ts";
import { hasLanded } from "../model/workflow.ts";
import { listOpenJournal } from "../store/journal.ts";
import { listMergesInto, type Merge } from "../store/merges.ts";
import type { Reader } from "../store/store.ts";
import { findTask } from "../store/tasks.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

const asked = 20;

/** What the default branch says was merged, and what calm remembers of it, are the same. */
export const merges: Examination<Memory> = {
  name: "merges",
  async examine({ context, project, store, loaded }) {
    if (!loaded) return { summary: "not known without a default branch", findings: [] };
    const git = await context.git();
    const { branch, tip } = loaded;
    const landed = await git.calmMerges(tip, undefined);
    const records = await listMergesInto(store, branch);
    const takenBack = await listTakenBack(context, branch, tip);
    const findings: Finding[] = takenBack.map((one) => undone(context, one, project.root));
    const gone = new Set(takenBack.map(({ merge }) => merge.id));
    const onBranch = new Set(landed.map((merge) => merge.operation));
    for (const { id, task_id: task, commit_sha: commit } of records
      .filter((record) => !onBranch.has(record.id) && !gone.has(record.id))
      .slice(0, asked)) {
      if (await isReachable(git, commit, tip)) continue;
      const message = `${branch} no longer has the merge of ${task} (${id}, commit ${commit.slice(0, 7)})`;
      findings.push({ state: "problem", message, command: `${gitIn(project.root)} reflog show ${branch}` });
    }
    findings.push(...differing(records, landed, branch, project.root));
    const accounted = new Set([...records.map(({ id }) => id), ...(await listUnderWay(context, store))]);
    const unrecorded = landed.filter(({ operation }) => !accounted.has(operation));
    for (const merge of unrecorded) {
      const { operation, task: id, commit } = merge;
      const task = await findTask(store, id);
      // Another home's merges of tasks that are not known here, or have gone on, are none of this one's business.
      if (!task || hasLanded(task)) continue;
      const message = `${branch} has a merge of ${id} (${operation}), which calm does not remember: it is in ${task.phase}`;
      if (!(await isBorneOut(context, merge, task))) {
        // Anybody can write the trailers: nothing is recorded, and no task moved, on their word alone.
        const command = `${gitIn(project.root)} show ${shortId(commit)}`;
        findings.push({ state: "problem", message: `${message}; no passed gate bears it out`, command });
        continue;
      }
      const what = `record the merge ${shortId(commit)} of ${id} again, as its commit tells it`;
      const run = (): Promise<void> =>
        administer(context, () => recordAgain(context, merge, branch, task.type));
      findings.push({ state: "problem", message, command: "calm doctor --fix", repair: { what, run } });
    }
    const elsewhere = unrecorded.length === 0 ? "" : `, and ${unrecorded.length} made elsewhere`;
    return { summary: `${records.length} remembered${elsewhere}`, findings };
  },
};

/** What is under way here, or was cut short: a merge among it is recorded when it is finished. */
async function listUnderWay({ host }: Context, store: Reader): Promise<string[]> {
  return (await listOpenJournal(store)).filter((entry) => entry.host === host).map(({ id }) => id);
}

/** A merge that undo took off the branch, and that came back on record, as a restore of long ago brought it. */
function undone(context: Context, { merge, borneOut }: TakenBack, root: string): Finding {
  const { task_id: task, id, branch, commit_sha: commit } = merge;
  const message = `${branch ?? "the branch"} has no longer the merge of ${task} (${id}), which was undone; calm remembers it as landed`;
  if (!borneOut) {
    const command = `${gitIn(root)} log --first-parent --grep=${id}`;
    return { state: "problem", message: `${message}; only a trailer says so`, command };
  }
  const what = `take the merge ${shortId(commit)} of ${task} off the record`;
  const run = (): Promise<void> => administer(context, () => forgetMerge(context, merge));
  return { state: "problem", message, command: "calm doctor --fix", repair: { what, run } };
}

/** A merge that the branch has as another commit: the branch was rewritten since, or the record is no longer what was written. */
function differing(
  records: readonly Merge[],
  landed: readonly TrailedMerge[],
  branch: string,
  root: string,
): Finding[] {
  const commits = new Map(landed.map(({ operation, commit }) => [operation, commit]));
  return records.flatMap(({ id, task_id: task, commit_sha: remembered }) => {
    const commit = commits.get(id);
    if (commit === undefined || commit === remembered) return [];
    const message = `${branch} has the merge of ${task} (${id}) as ${commit.slice(0, 7)}; calm remembers ${remembered.slice(0, 7)}`;
    return [{ state: "warning" as const, message, command: `${gitIn(root)} show ${commit.slice(0, 12)}` }];
  });
}
