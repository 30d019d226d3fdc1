import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { nameOfCall, type UndoPlan } from "../../merge/plan-undo.ts";
import type { RowChange } from "../../model/row-change.ts";

/**
 * Refuses to take back what somebody else did, or what only a person could do, unless a person confirms it: nobody's
 * work, and no person's word, goes because an agent wants it so.
 */
export async function requireAllowed(context: Context, plan: UndoPlan): Promise<void> {
  const reason = whyPerson(context, plan);
  if (reason === undefined) return;
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
