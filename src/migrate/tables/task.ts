import { taskIdProblem } from "../../model/id.ts";
import { defaultPriority } from "../../model/task.ts";
import { phases, type TaskType } from "../../model/workflow.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import type { NewTask } from "../../store/tasks.ts";
import { type Mapped, mapped } from "../mapped.ts";
import { readBlockers } from "../read-blockers.ts";
import { type RowReader, readRow } from "../read-row.ts";

/** A task of the original's; its blockers and its worktree are still to be held against the world. */
export interface MappedTask extends NewTask {
  readonly blockers: readonly string[];
  readonly worktree: string | null;
}

const longestTitle = 500;
/** Phases that the original once had under another name. */
const formerPhases: Readonly<Record<string, string>> = { REVIEW: "CODE_REVIEW" };

/** Maps a row of `tasks`. */
export function mapTask(source: OriginalRow, now: string, defaultBranch?: string): Mapped<MappedTask> {
  const row = readRow(source);
  const id = row.text("id") ?? "";
  const problem = taskIdProblem(id, defaultBranch);
  // The id itself stands beside the reason.
  if (problem !== undefined) return { aside: `not a task id: ${withoutId(problem, id)}` };
  const type = taskType(row);
  const created = row.time("created_at") ?? row.time("updated_at");
  if (created === null) row.change("it has no time of creation");
  const specialist = row.text("specialist");
  return mapped(
    {
      id,
      ...{ title: title(row, id), type, phase: phase(row, type), spec_id: parent(row, id) },
      specialist: specialist === "" ? null : specialist,
      notes: row.text("notes"),
      priority: defaultPriority,
      touches: [],
      created_at: created ?? now,
      updated_at: row.time("updated_at") ?? created ?? now,
      blockers: readBlockers(row),
      worktree: row.text("worktree_path")?.trim() ?? null,
    },
    row,
  );
}

function withoutId(problem: string, id: string): string {
  if (id !== "" && problem.startsWith(`${id} `)) return `it${problem.slice(id.length)}`;
  return problem.replace(/, this one has \d+$/, "");
}

function taskType(row: RowReader): TaskType {
  const text = row.text("task_type");
  if (text === "feature" || text === "bug") return text;
  const phase = row.text("phase")?.trim().toUpperCase() ?? "";
  const isBug = phases.bug.some((one) => one === phase) && phase !== "DONE";
  // The first version had no such column, and only features.
  if (text !== null || isBug) row.change("its type is neither feature nor bug; told by the phase");
  return isBug ? "bug" : "feature";
}

function phase(row: RowReader, type: TaskType): string {
  const text = row.text("phase") ?? "";
  const known: readonly string[] = phases[type];
  if (known.includes(text)) return text;
  const meant = text
    .trim()
    .toUpperCase()
    .replaceAll(/[\s-]+/g, "_");
  const found = known.find((one) => one === (type === "feature" ? (formerPhases[meant] ?? meant) : meant));
  if (found !== undefined) {
    row.change(`its phase was written otherwise, and clearly meant ${found}`);
    return found;
  }
  row.change(`its phase is none of a ${type}'s; it starts at the first one`);
  return phases[type][0];
}

function title(row: RowReader, id: string): string {
  const text = row.text("title") ?? "";
  const line = text
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, " ")
    .trim()
    .normalize("NFC");
  if (line === "") {
    row.change("it has no title; the id stands there");
    return id;
  }
  if (/[\r\n]/.test(text)) row.change("its title had more than one line");
  if (line.length <= longestTitle) return line;
  row.change(`its title had more than ${longestTitle} characters`);
  // Never half of a surrogate pair.
  return `${line.slice(0, longestTitle - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function parent(row: RowReader, id: string): string | null {
  const text = row.text("spec_id")?.trim() ?? "";
  if (text === "") return null;
  if (text.toLowerCase() === id.toLowerCase()) row.change("it was its own parent");
  else if (taskIdProblem(text) !== undefined) row.change("its parent is no task id");
  else return text;
  return null;
}
