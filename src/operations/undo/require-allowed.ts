import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { nameOfCall, type UndoPlan } from "../../merge/plan-undo.ts";
import { planStepRemoval } from "../../merge/undo-worktrees.ts";
import { shortId } from "../../model/id.ts";
import type { RowChange } from "../../model/row-change.ts";
import { plural } from "../../text/plural.ts";

/**
 * Refuses to take back what somebody else did, or what only a person could do, unless a person confirms it: nobody's
 * work, and no person's word, goes because an agent wants it so. Of one's own it asks only where that moves the default
 * branch or puts work aside.
 */
export async function requireAllowed(context: Context, plan: UndoPlan, yes: boolean): Promise<void> {
  const reason = whyPerson(context, plan);
  if (reason === undefined) {
    if (yes) return;
    const consequences = await listConsequences(context, plan);
    if (consequences.length === 0) return;
    await context.confirm(`Take back ${nameOfCall(plan.call)}? ${consequences.join(" ")}`, false);
    return;
  }
  const { call } = plan;
  if (!context.interactive) {
    throw new Failure("not_your_operation", `${reason}: ${nameOfCall(call)}`, {
      hint: "A person runs: calm undo",
      details: { operation: call.operation, actor: call.actor, event: call.events.at(-1) },
    });
  }
  const question = `${reason}. Take back ${nameOfCall(call)}?`;
  await context.askPerson({ question, word: "undo", command: "calm undo" });
}

function whyPerson({ actor }: Context, { call, rows, branch }: UndoPlan): string | undefined {
  if (rows.some(isPersonsWord) || branch?.forced === true) return "It holds a person's word";
  if (call.actor !== actor.name) return `${call.actor} made it, not ${actor.name}`;
  if (call.channel === "terminal" && actor.channel !== "terminal") return "A person made it at a terminal";
  return undefined;
}

/** An approval or override that would go or come back, and commands that would be trusted again. */
function isPersonsWord({ table, before, after }: RowChange): boolean {
  if (table === "approvals") return true;
  return (
    table === "trust" && before !== null && before["revoked_at"] === null && after?.["revoked_at"] !== null
  );
}

/** What is more than rows that are put back, each as a sentence. */
async function listConsequences(context: Context, { branch, steps }: UndoPlan): Promise<string[]> {
  const moves =
    branch?.how === "move_back" ? `moves back to ${shortId(branch.old)}` : "gets a revert of the merge";
  const found = branch ? [`${branch.target} ${moves}.`] : [];
  for (const step of steps) {
    if (step.kind !== "remove") continue;
    const { dirty, unmerged } = await planStepRemoval(context, step);
    if (dirty.length + unmerged.length === 0) continue;
    const what = `${plural(dirty.length, "uncommitted file")} and ${plural(unmerged.length, "commit")}`;
    found.push(`Of the worktree of ${step.task}, ${what} are kept aside.`);
  }
  return found;
}
