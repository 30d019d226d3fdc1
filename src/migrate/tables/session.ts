import type { OriginalRow } from "../../store/original/original-row.ts";
import type { ImportedSession } from "../../store/original/add-imported.ts";
import { isPlainName, type Mapped, mapped } from "../mapped.ts";
import { type RowReader, readRow } from "../read-row.ts";

/** Maps a row of `sessions`, whose hand-off the original kept in base64 at first and as plain text later. */
export function mapSession(source: OriginalRow, now: string): Mapped<ImportedSession> {
  const row = readRow(source);
  const id = row.text("id");
  if (!isPlainName(id)) return { aside: "its id is no name" };
  const content = handOff(row);
  if (content === null) return { aside: "it has no hand-off" };
  const created = row.time("created_at");
  if (created === null) row.change("it has no time");
  const wanted = row.text("needs_continuation")?.trim().toLowerCase() ?? "";
  return mapped(
    {
      ...{ id, content, created_at: created ?? now },
      needs_continuation: ["", "0", "false", "no"].includes(wanted) ? 0 : 1,
      resumed_at: row.time("resumed_at"),
    },
    row,
  );
}

function handOff(row: RowReader): string | null {
  const text = row.text("handoff_content");
  if (text === null || text.trim() === "") return null;
  const packed = text.replaceAll(/\s+/g, "");
  // A word such as "test" is base64 by its letters alone; a hand-off is longer than that.
  if (packed.length < 12) return text;
  const plain = /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? decode(packed) : undefined;
  if (plain !== undefined) return plain;
  if (/ /.test(text.trim())) return text;
  row.change("its hand-off looks like base64 and is none; it stands as it was");
  return text;
}

/** The text behind base64; undefined when what comes out is no readable text. */
function decode(packed: string): string | undefined {
  const bytes = Buffer.from(packed, "base64");
  if (bytes.toString("base64").replaceAll("=", "") !== packed.replaceAll("=", "")) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // eslint-disable-next-line no-control-regex -- control characters tell that it never was a text
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
