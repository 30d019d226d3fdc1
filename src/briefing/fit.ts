import { Failure } from "../failure.ts";
import { closeFence, fenceData } from "./fence.ts";
import type { Part, Section, SectionName } from "./section.ts";

/** A section as it is printed. */
export interface FittedSection {
  readonly name: SectionName;
  readonly text: string;
  /** Bytes that were left out. */
  readonly cut: number;
}

/** A whole briefing: its sections, and the text that they make. */
export interface FittedBriefing {
  readonly sections: readonly FittedSection[];
  readonly text: string;
}

const separator = "\n\n---\n\n";

/**
 * The briefing in at most so many bytes of UTF-8: the longest parts are cut first, calm's own words never; a Failure
 * invalid_input when not even those fit, with the command that would do.
 */
export function fitBriefing(sections: readonly Section[], most: number, command: string): FittedBriefing {
  const parts = sections.flatMap((section) => section.parts);
  const longest = parts.reduce((length, { text }) => Math.max(length, byteLength(text)), 0);
  const fits = (limit: number): boolean => byteLength(render(sections, limit).text) <= most;
  if (fits(longest)) return render(sections, longest);
  const least = byteLength(render(sections, 0).text);
  if (least > most) throw tooSmall(most, least, command);
  // The largest limit for a single part with which the whole still fits.
  let [low, high] = [0, longest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return render(sections, low);
}

function tooSmall(most: number, least: number, command: string): Failure {
  const enough = Math.ceil(least / 1024) * 1024;
  const message = `--max-bytes ${most} is too small: what is never cut takes up to ${enough} bytes`;
  return new Failure("invalid_input", message, {
    hint: `Allow more: ${command} --max-bytes ${enough}`,
    details: { least },
  });
}

function render(sections: readonly Section[], limit: number): FittedBriefing {
  const fitted = sections.map(({ name, parts }) => {
    const shown = parts.map((part) => renderPart(part, limit));
    const cut = shown.reduce((sum, one) => sum + one.cut, 0);
    return { name, cut, text: shown.map(({ text }) => text).join("\n\n") };
  });
  return { sections: fitted, text: `${fitted.map(({ text }) => text).join(separator)}\n` };
}

function renderPart(part: Part, limit: number): { readonly text: string; readonly cut: number } {
  if (part.kind === "fixed") return { text: part.text, cut: 0 };
  const whole = byteLength(part.text);
  const reserved = byteLength(notice(whole, whole, part.whole));
  const dress = part.kind === "data" ? fenceData : (_: string, shown = part.text) => closeFence(shown);
  // What is shorter than the notice would only grow by being cut.
  if (whole <= Math.max(limit, reserved)) return { text: dress(part.text), cut: 0 };
  const kept = keepStart(part.text, limit - reserved);
  const cut = whole - byteLength(kept);
  const begun = kept === "" ? "" : `${dress(part.text, kept)}\n\n`;
  return { text: `${begun}${notice(cut, whole, part.whole)}`, cut };
}

function notice(cut: number, whole: number, command: string): string {
  return `[cut: ${cut} of ${whole} bytes are left out here; read all of it: ${command}]`;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** The start of a text in at most so many bytes: whole characters, and whole lines where that costs little. */
function keepStart(text: string, bytes: number): string {
  if (bytes <= 0) return "";
  const encoded = Buffer.from(text, "utf8");
  let end = Math.min(bytes, encoded.length);
  // A byte 10xxxxxx continues a character.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  const kept = encoded.toString("utf8", 0, end);
  const line = kept.lastIndexOf("\n");
  return line > kept.length / 2 ? kept.slice(0, line) : kept;
}
