import { endsOf, gateOf, phaseIndex, type TaskType, type Transition, transitions } from "./workflow.ts";

/** The transitions of a type that start in a phase or behind it. */
export function stepsFrom(type: TaskType, phase: string): Transition[] {
  const index = phaseIndex(type, phase);
  return transitions.filter(
    (name) => gateOf(name).type === type && phaseIndex(type, endsOf(name).from) >= index,
  );
}
