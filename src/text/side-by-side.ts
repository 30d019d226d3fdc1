/** Puts so many short rows of a table next to each other on each line; a line's rows are read from left to right. */
export function sideBySide<Cell>(rows: readonly (readonly Cell[])[], perLine: number): Cell[][] {
  const lines: Cell[][] = [];
  for (let at = 0; at < rows.length; at += perLine) lines.push(rows.slice(at, at + perLine).flat());
  return lines;
}

/** How many cells of at least this width stand on a line; one at the least. */
export function perLine(columns: number, width: number): number {
  return Math.max(1, Math.floor(columns / width));
}
