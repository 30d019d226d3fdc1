import * as z from "zod/mini";
import type { ReportProblem } from "./report.ts";

/** Reads a report that is one JSON document of a known shape, or says why it is none; `name` is what it should be. */
export function readJsonReport<T extends z.core.$ZodType>(
  text: string,
  shape: T,
  name: string,
): { readonly data: z.output<T> } | ReportProblem {
  if (text.trim() === "") return { problem: "is empty" };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { problem: `is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = z.safeParse(shape, document);
  if (parsed.success) return { data: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `is no ${name}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}` };
}
