/** What becomes of line breaks: kept (tabs too), shown as `\n`, or turned into one space each. */
type Newlines = "keep" | "show" | "space";

// Whatever can move the cursor, switch colours, reorder the line or break it: C0, DEL, C1, bidirectional
// controls, line and paragraph separators, the byte order mark, halves of surrogate pairs.
const dangerous = String.raw`[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u{FEFF}]`;
// Building Unicode classes costs each start a millisecond, and most text is printable ASCII.
const beyondAscii = /[^ -~]/;
let everyDangerous: RegExp | undefined;

function replaceDangerous(text: string, replace: (found: string) => string): string {
  if (!beyondAscii.test(text)) return text;
  everyDangerous ??= new RegExp(`\r\n|${dangerous}`, "gu");
  return text.replaceAll(everyDangerous, replace);
}

function code(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  return point <= 0xff ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

function visible(character: string, newlines: Newlines): string {
  if (character === "\n" || character === "\r\n") {
    if (newlines === "keep") return "\n";
    return newlines === "space" ? " " : "\\n";
  }
  if (character === "\t") {
    if (newlines === "keep") return "\t";
    return newlines === "space" ? " " : "\\t";
  }
  return code(character);
}

/** Makes stored or foreign text safe for a terminal: control characters become visible. */
export function escapeControls(text: string, newlines: Newlines = "show"): string {
  return replaceDangerous(text, (found) => visible(found, newlines));
}

/** Makes JSON text safe for a terminal without changing its value; JSON.stringify leaves DEL, C1 and bidi raw. */
export function escapeJson(json: string): string {
  return replaceDangerous(json, (found) =>
    /^\s/.test(found) && found < " "
      ? found
      : `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
