import { type CheckResult, fail, pass, type Subject } from "./check.ts";
import { partsOf, runsCommand } from "./command/definition.ts";

/** The full test run skipped no more tests than the project allows, in each of its parts. */
export function noSkipped({ commands, runner }: Subject): Promise<CheckResult> {
  const parts = partsOf(runner.commands.checks, "tests_full").filter((part) => !("none" in part));
  if (parts.length === 0) {
    return Promise.resolve({ verdict: "not_applicable", message: "tests_full does not apply" });
  }
  const told: string[] = [];
  const tooMany: string[] = [];
  for (const part of parts) {
    const counts = commands.get(part.check)?.counts;
    const name = parts.length > 1 ? `${part.check}: ` : "";
    const allowed = runsCommand(part) ? (part.allowSkipped ?? 0) : 0;
    if (!counts) tooMany.push(`${name}The tests were not counted, so skipped ones cannot be ruled out`);
    else {
      const text = `${name}${counts.skipped} of ${counts.total} tests skipped, ${allowed} allowed`;
      if (counts.skipped <= allowed) told.push(text);
      else tooMany.push(`${text}. Run them, or remove them`);
    }
  }
  return Promise.resolve(tooMany.length > 0 ? fail(tooMany.join("; ")) : pass(told.join("; ")));
}
