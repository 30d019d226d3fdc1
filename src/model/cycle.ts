/** A cycle that is reached from the given ids, as the ids along it, the first one again at its end. */
export function findCycle(
  starts: Iterable<string>,
  leadsTo: (id: string) => readonly string[],
): string[] | undefined {
  const done = new Set<string>();
  for (const start of starts) {
    // A chain may be longer than the call stack is deep.
    const path = [{ id: start, ways: leadsTo(start)[Symbol.iterator]() }];
    const onPath = new Set([start]);
    while (path.length > 0) {
      const here = path.at(-1);
      if (!here || done.has(here.id)) break;
      const { done: exhausted, value: next } = here.ways.next();
      if (exhausted === true) {
        done.add(here.id);
        onPath.delete(here.id);
        path.pop();
      } else if (onPath.has(next)) {
        const ids = path.map(({ id }) => id);
        return [...ids.slice(ids.indexOf(next)), next];
      } else if (!done.has(next)) {
        path.push({ id: next, ways: leadsTo(next)[Symbol.iterator]() });
        onPath.add(next);
      }
    }
  }
  return undefined;
}

const mostTold = 8;

/** A cycle for people; the middle of a long one is left out. */
export function tellCycle(cycle: readonly string[]): string {
  const left = cycle.length - mostTold;
  if (left <= 1) return cycle.join(" → ");
  return [...cycle.slice(0, mostTold - 2), `… ${left} more …`, ...cycle.slice(-2)].join(" → ");
}
