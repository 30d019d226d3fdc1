import type { PhaseTransition } from "../../model/task.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import { type Mapped, mapped, originalActor } from "../mapped.ts";
import { readRow } from "../read-row.ts";

const phaseName = /^[A-Za-z][A-Za-z0-9_ -]{0,39}$/;

/** Maps a row of `phase_transitions`; any edge is history, also one that calm would refuse. */
export function mapTransition(
  source: OriginalRow,
  now: string,
): Mapped<Omit<PhaseTransition, "id" | "task_id">> {
  const row = readRow(source);
  const to = row.text("to_phase")?.trim() ?? "";
  const from = row.text("from_phase")?.trim() ?? "";
  if (!phaseName.test(to)) return { aside: "it names no phase that was reached" };
  if (from !== "" && !phaseName.test(from)) return { aside: "the phase that it left is no name" };
  const at = row.time("transitioned_at");
  if (at === null) row.change("it has no time");
  const written = row.text("gate_result")?.trim() ?? "";
  const result = written === "pass" || written === "fail" ? written : null;
  const details = row.text("gate_details");
  // "reset" and the like are no verdicts; the word stays readable in the details.
  if (result === null && written !== "")
    row.change("its gate result is neither pass nor fail; it went into the details");
  const word = result === null && written !== "" ? written : "";
  return mapped(
    {
      ...{ from_phase: from, to_phase: to, kind: "imported", gate_run_id: null, gate_result: result },
      gate_details: [word, details ?? ""].filter((part) => part !== "").join(": ") || null,
      ...{ actor: originalActor, transitioned_at: at ?? now },
    },
    row,
  );
}
