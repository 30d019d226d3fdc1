/**
 * Does work on all items, at most `most` at once; the results keep the order of the items. After a failure nothing is
 * begun any more, and what is under way ends before it is told.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length && !failed; index = next++) {
      try {
        results[index] = await work(items[index] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(most, items.length)) }, lane);
  const problem = (await Promise.allSettled(lanes)).find((one) => one.status === "rejected");
  if (problem) throw problem.reason;
  return results;
}
