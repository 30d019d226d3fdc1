import type { Context } from "../context.ts";
import type { TrailedMerge } from "../git/calm-merges.ts";
import type { LineCommit } from "../git/history.ts";
import { isBorneOut } from "../merge/borne-out.ts";
import { shortId } from "../model/id.ts";
import { gitIn } from "../model/shell-quote.ts";
import { listPassedTrees } from "../store/gate-runs.ts";
import { listMergesInto } from "../store/merges.ts";
import { findTask, listTasks } from "../store/tasks.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

/** The transitions whose verdict is about a tree of the default branch, seen in a clean room. */
const ofDefaultBranch = ["INTEGRATE-VERIFY", "TESTED-MERGED", "VERIFY-DONE", "MERGED-DONE"];
const named = 3;

/** Every commit of the default branch since calm's first merge has a tree that calm saw pass. */
export const history: Examination<Memory> = {
  name: "history",
  async examine(memory) {
    const { context, store, loaded } = memory;
    if (!loaded) return { summary: "not known without a default branch", findings: [] };
    const git = await context.git();
    const landed = await git.calmMerges(loaded.tip, undefined);
    const [first] = landed;
    if (!first) return { summary: "calm has merged nothing here yet", findings: [] };
    const records = await listMergesInto(store, loaded.branch);
    const known = new Set(records.map((one) => one.commit_sha));
    for (const merge of landed) {
      if (!known.has(merge.commit) && (await isSeen(context, merge))) known.add(merge.commit);
    }
    const passed = await listPassedTrees(store, ofDefaultBranch);
    const line = await git.firstParents(first.parents[0], loaded.tip);
    const gaps = findGaps(line, ({ commit, tree }) => known.has(commit) || passed.has(tree));
    const findings = await Promise.all(gaps.map((gap) => describe(memory, gap, gap[0] === line[0])));
    return {
      summary: `all of ${loaded.branch} since calm's first merge has passed (commits: ${line.length})`,
      findings,
    };
  },
};

/** A merge of another CALM_HOME is that one's to vouch for; of a task that is known here, there is evidence here. */
async function isSeen(context: Context, merge: TrailedMerge): Promise<boolean> {
  const task = await findTask(await context.store(), merge.task);
  return task === undefined || isBorneOut(context, merge, task);
}

/** The stretches of a line for which it does not hold. */
function findGaps(line: readonly LineCommit[], holds: (commit: LineCommit) => boolean): LineCommit[][] {
  const gaps: LineCommit[][] = [];
  let open: LineCommit[] | undefined;
  for (const commit of line) {
    if (holds(commit)) open = undefined;
    else if (open) open.push(commit);
    else gaps.push((open = [commit]));
  }
  return gaps;
}

/** One finding for a stretch; its command names every commit of it. */
async function describe(
  { project, store, loaded }: Memory,
  gap: readonly LineCommit[],
  isNewest: boolean,
): Promise<Finding> {
  const [newest, oldest] = [gap[0]?.commit ?? "", gap.at(-1)?.commit ?? ""];
  const shown = gap.slice(0, named).map(({ commit, subject }) => `${shortId(commit)} ${subject}`);
  const more = gap.length > named ? ` and ${gap.length - named} more` : "";
  const since = isNewest ? "" : "; what came after has passed";
  const message = `calm did not see pass on ${loaded?.branch ?? "it"}: ${shown.join(", ")}${more}${since}`;
  const [verify] = isNewest ? await listTasks(store, { phase: "VERIFY" }) : [];
  const look = `${gitIn(project.root)} log --first-parent --oneline ${shortId(oldest)}~..${shortId(newest)}`;
  const command = verify ? `calm gate check ${verify.id} VERIFY-DONE` : look;
  return { state: "warning", message, command };
}
