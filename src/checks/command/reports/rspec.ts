import * as z from "zod/mini";
import { readJsonReport } from "./json-report.ts";
import { ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

const Report = z.object({
  examples: z.array(
    z.object({
      full_description: z.optional(z.string()),
      description: z.optional(z.string()),
      status: z.enum(["passed", "failed", "pending"]),
      file_path: z.optional(z.string()),
      line_number: z.optional(z.number()),
      exception: z.nullish(
        z.object({
          class: z.optional(z.string()),
          message: z.nullish(z.string()),
          backtrace: z.nullish(z.array(z.string())),
        }),
      ),
    }),
  ),
  summary: z.object({ errors_outside_of_examples_count: z.optional(z.int()) }),
  messages: z.nullish(z.array(z.string())),
});
type Example = z.output<typeof Report>["examples"][number];

/** Counts the examples of rspec's own JSON; files that could not be loaded are errors. */
export function parseRspec(text: string): TestReport | ReportProblem {
  const read = readJsonReport(text, Report, "report of rspec");
  if ("problem" in read) return read;
  const { examples, summary, messages } = read.data;
  const report = new ReportBuilder();
  for (const example of examples) {
    const outcome = example.status === "pending" ? "skipped" : example.status;
    report.add(outcome, example.full_description ?? example.description ?? "", messageOf(example));
  }
  // What broke outside of examples is in no list, only in the messages.
  if ((summary.errors_outside_of_examples_count ?? 0) > 0) {
    report.add("error", "outside of examples", (messages ?? []).join("\n"));
  }
  return report.report();
}

const shownFrames = 10;

function messageOf({ exception, file_path: file, line_number: line }: Example): string {
  if (!exception) return "";
  const place = file === undefined ? "" : `${file}:${line ?? "?"}`;
  const frames = (exception.backtrace ?? []).slice(0, shownFrames);
  return [`${exception.class ?? "Error"}: ${exception.message ?? ""}`, place, ...frames].join("\n");
}
