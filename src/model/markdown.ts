/** What a document says without its HTML comments, which is where templates keep their instructions. */
export function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?(-->|$)/g, "");
}

interface Heading {
  readonly line: number;
  readonly level: number;
  readonly title: string;
}

function headingsOf(lines: readonly string[]): Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (const [line, text] of lines.entries()) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark) {
      if (fence === undefined) fence = mark[0];
      else if (mark.startsWith(fence)) fence = undefined;
      continue;
    }
    const found = fence === undefined ? /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(text) : null;
    if (found) headings.push({ line, level: found[1]?.length ?? 1, title: found[2] ?? "" });
  }
  return headings;
}

/** The text below a heading, sub-headings included, up to the next heading of its level; undefined without it. */
export function sectionOf(text: string, title: string): string | undefined {
  const lines = withoutComments(text).split(/\r?\n/);
  const headings = headingsOf(lines);
  const wanted = title.toLowerCase();
  const start = headings.find((one) =>
    one.title
      .toLowerCase()
      .replace(/[:\s]+$/, "")
      .startsWith(wanted),
  );
  if (!start) return undefined;
  const end = headings.find((one) => one.line > start.line && one.level <= start.level);
  return lines
    .slice(start.line + 1, end?.line)
    .join("\n")
    .trim();
}

/** Lines of a document that neither the template nor a heading accounts for. */
export function contentBeyond(text: string, template: string): string[] {
  return linesBeyond(text, template).filter((line) => !/^#{1,6}(\s|$)/.test(line));
}

/** Lines of a section that the template does not account for; a sub-heading with words says something too. */
export function linesBeyond(text: string, template: string): string[] {
  const known = new Set(
    withoutComments(template)
      .split(/\r?\n/)
      .map((line) => line.trim()),
  );
  return withoutComments(text)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => !/^#{0,6}$/.test(line) && !known.has(line));
}
