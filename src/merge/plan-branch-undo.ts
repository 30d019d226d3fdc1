import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { noAnswer } from "../git/failures.ts";
import type { RowChange } from "../model/row-change.ts";
import { gitIn } from "../model/shell-quote.ts";
import type { RecordedCall } from "../store/changes.ts";
import { loadConfig } from "../project/load-config.ts";
import { fetchTimeout } from "./choose-base.ts";
import { MergeJournal } from "./merge-journal.ts";

/** How a merge is taken off the default branch. */
export interface BranchStep {
  readonly task: string;
  readonly title: string;
  readonly target: string;
  readonly transition: MergeJournal["transition"];
  /** Operation and commit of the merge, its first parent, and the default branch before it. */
  readonly id: string;
  readonly commit: string;
  readonly base: string;
  readonly old: string;
  /** Second parent of the merge: the task's work. */
  readonly head: string;
  /** It was to be pushed. */
  readonly push: boolean;
  /** The revert is, because merges are. */
  readonly pushRevert: boolean;
  /** A person merged although merge_lock was set. */
  readonly forced: boolean;
  readonly how: "move_back" | "revert";
  /** Why the branch is not simply moved back. */
  readonly because: string | undefined;
}

const MergeEvent = z.extend(MergeJournal, { operation: z.string(), candidate: z.string() });

/** What becomes of the default branch when an operation is taken back; undefined when it merged nothing. */
export async function planBranch(
  context: Context,
  rows: readonly RowChange[],
  call: RecordedCall,
): Promise<BranchStep | undefined> {
  const merged = rows.filter(({ table, before }) => table === "merges" && before === null);
  const [made] = merged;
  if (!made) return undefined;
  const found = call.data
    .map((one) => MergeEvent.safeParse(one).data)
    .find((one) => one?.operation === made.after?.["id"]);
  if (!found || merged.length > 1 || call.operation !== "worktree merge") {
    throw new Failure("beyond_undo", `What ${call.operation} recorded was merged by something else`, {
      hint: `Revert it by hand: git revert -m 1 ${String(made.after?.["commit_sha"])}`,
    });
  }
  const {
    task,
    title,
    target,
    transition,
    operation: id,
    candidate: commit,
    base,
    old,
    head,
    push = false,
    forced,
  } = found;
  const because = await whyNotBack(context, { task, target, commit, push });
  const how = because === undefined ? "move_back" : "revert";
  const pushRevert = how === "revert" && (await loadConfig(context)).config.merge.push;
  const merge = { task, title, target, transition, id, commit, base, old, head, push, forced };
  return { ...merge, pushRevert, how, because };
}

/** Why the branch must not simply be moved back: somebody has the merge already. */
async function whyNotBack(
  context: Context,
  { task, target, commit, push }: Pick<BranchStep, "task" | "target" | "commit" | "push">,
): Promise<string | undefined> {
  const git = await context.git();
  const tip = await git.commitOf(`refs/heads/${target}`);
  if (tip === undefined || !(await git.isAncestor(commit, tip))) {
    const message = `${target} no longer has the merge of ${task} (${commit.slice(0, 7)})`;
    const { root } = await context.project();
    throw new Failure("beyond_undo", message, {
      hint: `See where it went: ${gitIn(root)} reflog show ${target}`,
      details: { task, commit },
    });
  }
  if (tip !== commit) return `${target} has moved on`;
  const findOther = async (): Promise<string | undefined> => {
    const refs = await git.refsContaining(commit);
    // It is the tip of one: an answer without any was lost, and the other ones with it.
    if (refs.length === 0) throw noAnswer("for-each-ref");
    return refs.find((ref) => ref !== `refs/heads/${target}`);
  };
  let other = await findOther();
  const remote = (await git.upstreamOf(target))?.remote;
  if (other === undefined && remote !== undefined && remote !== ".") {
    // A push that nobody confirmed may have arrived all the same.
    const answered = await git.fetch(remote, fetchTimeout, context.signal);
    if (!answered && push) return `${remote} may have it`;
    other = await findOther();
  }
  if (other === undefined) return undefined;
  const name = other.replace(/^refs\/(heads|remotes|tags)\//, "");
  return other.startsWith("refs/heads/") ? `${name} builds on it` : `${name} has it`;
}
