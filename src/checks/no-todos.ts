import { isDocumentation } from "../model/paths.ts";
import { type CheckResult, type CommitSubject, fail, pass } from "./check.ts";
import { listPlaces } from "./places.ts";

const marker = /\b(TODO|FIXME)\b/;
/** `TODO(SPEC-12)`, `FIXME: BUG-3`: somebody has it on a list. */
const tracked = /\b(TODO|FIXME)\b\W{0,3}[A-Z][A-Z0-9]*-\d+/;

/** The task adds no TODO or FIXME that no task stands behind. */
export async function noTodos({ context, base, commit }: CommitSubject): Promise<CheckResult> {
  const git = await context.git();
  const added = (await git.addedLines(base, commit)).filter((file) => !isDocumentation(file.path));
  const found = added.flatMap(({ path, lines }) =>
    lines
      .filter((line) => marker.test(line.text) && !tracked.test(line.text))
      .map((line) => ({ path, line: line.number })),
  );
  if (found.length === 0) return pass("No untracked TODO or FIXME in the added lines");
  return fail(
    `Untracked TODO or FIXME added: ${listPlaces(found)}. Resolve it, or name its task: TODO(SPEC-12)`,
  );
}
