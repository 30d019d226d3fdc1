import { type Definition, definitionList, indented, widestTerm } from "../text/definitions.ts";
import type { Colors } from "../text/text.ts";
import { globalFlags } from "./globals.ts";

/** What a help page needs to know of the place where it is shown. */
export interface Page {
  readonly colors: Colors;
  readonly columns: number;
}

const exitCodeLine =
  "0 done, 1 the answer is no, 2 usage, 3 not found, 4 refused, 5 conflict, 6 busy, 7 stale lease, 8 git failed, 70 a bug";

/** A titled list of a help page. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Definition[];
}

/** The lists of a help page, all with one width of terms; empty ones are left out. */
export function helpSections(sections: readonly Section[], { colors, columns }: Page): string[] {
  const shown = sections.filter(({ rows }) => rows.length > 0);
  const width = Math.max(0, ...shown.map(({ rows }) => widestTerm(rows)));
  return shown.map(({ title, rows }) => `${colors.bold(title)}\n${definitionList(rows, columns, width)}`);
}

/** A title and lines that are shown as they are. */
export function helpParagraph(title: string, lines: readonly string[], { colors }: Page): string {
  return `${colors.bold(title)}\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** The rows of the global flags. */
export const globalRows: readonly Definition[] = globalFlags.map(
  ({ flag, short, value, choices, description }) => {
    const names = [short === undefined ? "" : `-${short}`, flag === "" ? "" : `--${flag}`];
    const term = names.filter((name) => name !== "").join(", ");
    const label = choices?.join("|") ?? value;
    return [label === undefined ? term : `${term} <${label}>`, description];
  },
);

/** What the exit codes mean, in short. */
export function helpExitCodes(page: Page): string {
  return `${page.colors.bold("Exit codes")}\n${indented(exitCodeLine, page.columns)}`;
}
