import type { OriginalRow } from "../../store/original/original-row.ts";
import type { ImportedPass } from "../../store/original/add-imported.ts";
import { commitId, type Mapped, mapped } from "../mapped.ts";
import { readRow } from "../read-row.ts";

const edge = /^[A-Z][A-Z_]{0,39}-[A-Z][A-Z_]{0,39}$/;

/** Maps a row of `gate_passes`: a claim that stays readable, and that no transition ever rests on. */
export function mapGatePass(source: OriginalRow, now: string): Mapped<ImportedPass> {
  const row = readRow(source);
  const transition = row.text("transition")?.trim().toUpperCase() ?? "";
  if (!edge.test(transition)) return { aside: "its transition is not written FROM-TO" };
  const commit = commitId(row.text("commit_sha"));
  if (commit === undefined) return { aside: "its commit is no object id" };
  const at = row.time("passed_at");
  if (at === null) row.change("it has no time");
  return mapped({ transition, commit_sha: commit, passed_at: at ?? now }, row);
}
