import { cellWidth } from "./cut.ts";

/** A term and what it means; a help page is made of these. */
export type Definition = readonly [term: string, meaning: string];

const indent = "  ";
const gap = 3;
const narrowestMeaning = 20;

/** The cells of the longest term, so that several lists can share one column. */
export function widestTerm(definitions: readonly Definition[]): number {
  return definitions.reduce((widest, [term]) => Math.max(widest, cellWidth(term)), 0);
}

/** The lines of a text that is broken at blanks; a word that is too long keeps a line of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cellWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Two columns, the second wrapped at words to the width of the terminal. */
export function definitionList(
  definitions: readonly Definition[],
  columns: number,
  termWidth = widestTerm(definitions),
): string {
  const room = Math.max(narrowestMeaning, columns - indent.length - termWidth - gap);
  const hanging = `\n${indent}${" ".repeat(termWidth + gap)}`;
  return definitions
    .map(([term, meaning]) => {
      const blanks = " ".repeat(Math.max(0, termWidth - cellWidth(term)) + gap);
      return `${indent}${term}${blanks}${wrap(meaning, room).join(hanging)}`.trimEnd();
    })
    .join("\n");
}

/** A paragraph, indented as the lists are and wrapped at words. */
export function indented(text: string, columns: number): string {
  return wrap(text, Math.max(narrowestMeaning, columns - indent.length))
    .map((line) => `${indent}${line}`)
    .join("\n");
}
