import * as z from "zod/mini";
import { Failure, type FailureCode } from "../../failure.ts";
import { closest } from "../../model/closest.ts";
import { taskIdProblem } from "../../model/id.ts";
import { TaskLine } from "../../model/task-line.ts";
import { type LineProblem, requireNoProblems } from "../../tasks/line-problems.ts";
import type { NumberedLine } from "../../tasks/plan-import.ts";
import { explainIssues } from "../explain-input.ts";

/** Reads tasks from JSON lines: blank ones, a byte order mark and CRLF are fine, anything else is refused by its line. */
export function readTaskLines(text: string, defaultBranch: string | undefined): NumberedLine[] {
  const read: NumberedLine[] = [];
  const problems: LineProblem[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (raw.trim() === "") continue;
    const line = index + 1;
    const found = readLine(raw, defaultBranch);
    if ("problems" in found) problems.push(...found.problems.map((problem) => ({ ...problem, line })));
    else read.push({ ...found, line });
  }
  requireNoProblems(problems);
  if (read.length > 0) return read;
  throw new Failure("invalid_input", "There is no task to import: every line is blank", {
    hint: "See the form of a line: calm task export",
  });
}

type Unplaced = Omit<LineProblem, "line">;

function readLine(
  raw: string,
  defaultBranch: string | undefined,
): { readonly task: TaskLine } | { readonly problems: readonly Unplaced[] } {
  const problem = (field: string, message: string, code: FailureCode = "invalid_input") => ({
    problems: [{ field, message, code }],
  });
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return problem("", `is no JSON: ${raw.slice(0, 40)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return problem("", "is no JSON object");
  const parsed = z.safeParse(TaskLine, value);
  if (!parsed.success) {
    const explained = explainIssues(TaskLine, value, (name) => name);
    return { problems: explained.map((one) => ({ ...one, code: "invalid_input", ...nearOf(one.field) })) };
  }
  const { id, spec, spec_id: specId } = parsed.data;
  const wrongId = taskIdProblem(id, defaultBranch);
  if (wrongId !== undefined)
    return problem("id", `id ${JSON.stringify(id.slice(0, 80))}: ${wrongId}`, "invalid_id");
  const parent = specId ?? spec ?? undefined;
  const wrongParent = parent === undefined ? undefined : taskIdProblem(parent);
  if (wrongParent !== undefined) return problem("spec_id", `spec_id: ${wrongParent}`, "invalid_id");
  if (spec != null && specId != null && spec !== specId)
    return problem("spec", "spec and spec_id name different parents");
  return { task: parsed.data };
}

/** A known field that an unknown one may have meant. */
function nearOf(field: string): { near?: string } {
  const known = Object.keys(TaskLine.shape);
  const near = known.includes(field) ? undefined : closest(field, known);
  return near === undefined ? {} : { near };
}
