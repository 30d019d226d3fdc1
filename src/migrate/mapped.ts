import type { RowReader } from "./read-row.ts";

/** A row in calm's form with what had to be bent, or why it fits nowhere. */
export type Mapped<T> =
  | { readonly record: T; readonly changes: readonly string[] }
  | { readonly aside: string };

/** A row that fits. */
export function mapped<T>(record: T, row: RowReader): Mapped<T> {
  return { record, changes: [...row.changes] };
}

/** Who stands in the `actor` of everything that was taken over. */
export const originalActor = "original";

const plainName = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;

/** Whether a text may stand as the name of a worker, a role, a counter or a hand-off. */
export function isPlainName(text: string | null): text is string {
  return text !== null && plainName.test(text);
}

/** The object id that a text is, in lower case; undefined when it is none, complete or cut short. */
export function commitId(text: string | null): string | undefined {
  const id = text?.trim().toLowerCase() ?? "";
  return /^[0-9a-f]{4,64}$/.test(id) ? id : undefined;
}
