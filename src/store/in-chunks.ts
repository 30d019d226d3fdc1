const most = 500;

/** The items in groups that one statement takes: SQLite allows 32,766 parameters. */
export function inChunks<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += most) chunks.push(items.slice(start, start + most));
  return chunks;
}
