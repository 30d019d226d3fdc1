import type { FailedTest } from "../../model/gate-run.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import type { ImportedTestRun } from "../../store/original/add-imported.ts";
import { asText, type RowReader, readRow } from "../read-row.ts";
import { commitId, type Mapped, mapped } from "../mapped.ts";

/** Maps a row of `test_runs`; no check of calm's stands behind it, and its commit is only what it says. */
export function mapTestRun(source: OriginalRow, now: string): Mapped<ImportedTestRun> {
  const row = readRow(source);
  const counts = {
    ...{ passed: row.count("passed", 0), failed: row.count("failed", 0) },
    ...{ errors: row.count("errors", 0), skipped: row.count("skipped", 0) },
  };
  const at = row.time("run_at");
  if (at === null) row.change("it has no time");
  const written = row.text("commit_sha");
  const commit = commitId(written);
  if (commit === undefined && written !== null && written !== "") row.change("its commit is no object id");
  const files = row.text("test_files") ?? "";
  if (files !== "" && files !== "[]") row.change("its list of test files has no place here");
  const worktree = row.text("worktree");
  return mapped(
    {
      ...counts,
      total: row.count("total", counts.passed + counts.failed + counts.errors + counts.skipped),
      worktree: worktree === "" ? null : worktree,
      commit_sha: commit ?? null,
      duration_ms: duration(row),
      failed_tests: failedTests(row),
      run_at: at ?? now,
    },
    row,
  );
}

function duration(row: RowReader): number | null {
  const value = row.raw("duration_seconds");
  if (value === null || value === "") return null;
  const milliseconds = Math.round(Number(asText(value) ?? Number.NaN) * 1000);
  if (Number.isSafeInteger(milliseconds) && milliseconds >= 0) return milliseconds;
  row.change("its duration is no number of seconds");
  return null;
}

/** `[{test, error}]` as the gate scripts wrote it, or a list of names. */
function failedTests(row: RowReader): FailedTest[] {
  const text = row.text("failed_tests")?.trim() ?? "";
  if (text === "") return [];
  const list = parseList(text);
  const tests = list?.map(failedTest);
  if (tests?.every((one) => one !== undefined) === true) return tests;
  row.change("its list of failed tests cannot be read");
  return [];
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const parsed = JSON.parse(text) as unknown;
    return Array.isArray(parsed) ? (parsed as readonly unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function failedTest(one: unknown): FailedTest | undefined {
  if (typeof one === "string") return { name: one, message: "" };
  if (typeof one !== "object" || one === null) return undefined;
  const { test, name, error, message } = one as Readonly<Record<string, unknown>>;
  const [called, said] = [test ?? name, error ?? message ?? ""];
  return typeof called === "string" && typeof said === "string" ? { name: called, message: said } : undefined;
}
