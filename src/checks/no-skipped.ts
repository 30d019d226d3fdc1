import { type CheckResult, fail, pass, type Subject } from "./check.ts";

/** The full test run skipped no more tests than the project allows. */
export function noSkipped({ commands, loaded }: Subject): Promise<CheckResult> {
  const configured = loaded.config.checks["tests_full"] ?? loaded.config.checks["tests"];
  const allowed = configured && "run" in configured ? (configured.allow_skipped ?? 0) : 0;
  const run = commands.get("tests_full");
  if (run?.verdict === "not_applicable") {
    return Promise.resolve({ verdict: "not_applicable", message: "tests_full does not apply" });
  }
  if (!run?.counts)
    return Promise.resolve(fail("The tests were not counted, so skipped ones cannot be ruled out"));
  const { skipped, total } = run.counts;
  const told = `${skipped} of ${total} tests skipped, ${allowed} allowed`;
  return Promise.resolve(skipped <= allowed ? pass(told) : fail(`${told}. Run them, or remove them`));
}
