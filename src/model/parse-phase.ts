import { Failure } from "../failure.ts";
import { closest } from "./closest.ts";
import { allPhases, phases, type TaskType } from "./workflow.ts";

/** The phase that a text names, of either type; a usage Failure otherwise. */
export function parseAnyPhase(text: string): string {
  return requirePhase(text, allPhases, `Unknown phase: ${text}`);
}

/** The phase that a text names for this task type; a usage Failure otherwise. */
export function parsePhase(text: string, type: TaskType): string {
  return requirePhase(text, phases[type], `Unknown phase for a ${type}: ${text}`);
}

function requirePhase(text: string, known: readonly string[], message: string): string {
  const name = text.toUpperCase();
  if (known.includes(name)) return name;
  const near = closest(name, known);
  throw new Failure("unknown_transition", message, {
    hint: near ? `Did you mean ${near}?` : `The phases are ${known.join(", ")}`,
    details: { known },
  });
}
