import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";

const rule = "a name is letters, digits, dots, hyphens and underscores, and begins with none of . and -";

/** A name of a backup: no path, no flag. */
export const BackupName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, { error: rule }), z.maxLength(100));

/** What names of backups begin with that calm gives itself. */
export type BackupPrefix = "auto_" | "backup_" | "before-restore_";

/** What a backup's file turns out to be; only calm's own and those of an older schema can be restored. */
export const BackupState = z.enum(["good", "newer", "python", "foreign", "damaged"]);
export type BackupState = z.output<typeof BackupState>;

/** A backup as it is listed. */
export const Backup = z.object({
  name: z.string(),
  path: z.string(),
  automatic: field(z.boolean(), "Made by `backup auto`, which also removes it in time"),
  state: field(BackupState, "Whether it could be restored: only a good one can"),
  size: field(Count, "In bytes"),
  created_at: Time,
  schema_version: field(z.nullable(Count), "null = not told by the file"),
  tasks: field(z.nullable(Count), "null = cannot be counted"),
});
export type Backup = z.output<typeof Backup>;

/** True for the names that rotation may remove. */
export function isAutomatic(name: string): boolean {
  return name.startsWith("auto_");
}

/** The number of automatic backups that are kept. */
export const automaticKept = 10;

function compact(time: string): string {
  return time.replaceAll(/[-:]/g, "");
}

function timeIn(name: string, prefix: BackupPrefix): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)$/.exec(
    name.startsWith(prefix) ? name.slice(prefix.length) : "",
  );
  if (!found) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", seconds = ""] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${seconds}`);
  return Number.isNaN(time) ? undefined : time;
}

/** A name that says when; never before one that is there, so that names sort by age though a clock jumps back. */
export function timedName(prefix: BackupPrefix, now: string, taken: readonly string[]): string {
  const latest = taken.reduce((newest, name) => Math.max(newest, timeIn(name, prefix) ?? 0), 0);
  return prefix + compact(new Date(Math.max(Date.parse(now), latest + 1)).toISOString());
}
