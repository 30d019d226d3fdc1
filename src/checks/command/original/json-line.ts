const token =
  /[\s]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

/** What may come next: a value, a value or the end of a list, a key, a key or the end, a colon, or what follows a value. */
type Expected = "value" | "item or ]" | "key" | "key or }" | "colon" | "comma or end";

/** The line, counted from 1, at which a text stops being JSON; for engines do not always say where. */
export function jsonErrorLine(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const match = token.exec(text);
    const next: Expected | undefined = match ? step(match, expected, open) : undefined;
    if (!next) return lineAt(text, at);
    expected = next;
  }
  return lineAt(text, text.trimEnd().length);
}

function step(match: RegExpExecArray, expected: Expected, open: ("{" | "[")[]): Expected | undefined {
  const [, mark, string] = match;
  if (mark === undefined) {
    if (string !== undefined && (expected === "key" || expected === "key or }")) return "colon";
    return expected === "value" || expected === "item or ]" ? "comma or end" : undefined;
  }
  const within = open.at(-1);
  if (mark === ":") return expected === "colon" ? "value" : undefined;
  if (mark === ",") {
    if (expected !== "comma or end" || within === undefined) return undefined;
    return within === "{" ? "key" : "value";
  }
  if (mark === "{" || mark === "[") {
    if (expected !== "value" && expected !== "item or ]") return undefined;
    open.push(mark);
    return mark === "{" ? "key or }" : "item or ]";
  }
  const closes = mark === "}" ? "{" : "[";
  const empty = mark === "}" ? "key or }" : "item or ]";
  if (within !== closes || (expected !== empty && expected !== "comma or end")) return undefined;
  open.pop();
  return "comma or end";
}

/** The line of the first character that is no blank, from an offset on. */
function lineAt(text: string, offset: number): number {
  const blanks = /^\s*/.exec(text.slice(offset))?.[0].length ?? 0;
  const end = Math.min(offset + blanks, Math.max(text.trimEnd().length - 1, 0));
  return text.slice(0, end).split("\n").length;
}
