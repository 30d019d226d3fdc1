import { type CheckResult, type CommitSubject, fail, pass } from "./check.ts";
import { listPlaces } from "./places.ts";

// A line of `=======` alone is also how some documents underline a heading, so it does not count.
const marker = /^(<{7}|>{7}|\|{7})( |\r?$)/;

/** The task adds no line that a merge left behind. */
export async function noConflictMarkers({ context, base, commit }: CommitSubject): Promise<CheckResult> {
  const git = await context.git();
  const found = (await git.addedLines(base, commit)).flatMap(({ path, lines }) =>
    lines.filter((line) => marker.test(line.text)).map((line) => ({ path, line: line.number })),
  );
  if (found.length === 0) return pass("No conflict markers in the added lines");
  return fail(`Conflict markers added: ${listPlaces(found)}. Resolve them and commit`);
}
