import { taskIdPattern } from "../model/id.ts";
import type { RowReader } from "./read-row.ts";

/** The ids in `blocked_by`: a JSON list by the original's rule, but also a bare id, a list of them, or broken JSON. */
export function readBlockers(row: RowReader): readonly string[] {
  const text = row.text("blocked_by")?.trim() ?? "";
  if (text === "" || text === "null" || text === "[]") return [];
  const parsed = parse(text);
  if (Array.isArray(parsed) && parsed.every((one) => typeof one === "string")) {
    return distinct(parsed.map((one) => one.trim()).filter((one) => one !== ""));
  }
  const ids = distinct((text.match(/[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+/g) ?? []).filter(isId));
  // "none" and the like: one word without a hyphen may still be an id.
  const found = ids.length === 0 && isId(text) ? [text] : ids;
  row.change(
    found.length === 0 ? "blocked_by names no task" : "blocked_by was no JSON list; the ids in it were taken",
  );
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isId(text: string): boolean {
  return taskIdPattern.test(text);
}

function distinct(ids: readonly string[]): string[] {
  const seen = new Map(ids.map((id) => [id.toLowerCase(), id]));
  return [...seen.values()];
}
