/** Bytes of paths on one command line; systems allow at least 128 KiB together with the environment. */
export const commandLineRoom = 60_000;

/** Asks for many paths in as many calls as command lines have room; never without any path, which would mean all. */
export async function eachGroup<T>(
  paths: readonly string[],
  ask: (group: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const group of groupPaths(paths, commandLineRoom)) found.push(...(await ask(group)));
  return found;
}

/** Cuts a list of paths into groups of at most so many bytes. */
export function groupPaths(paths: readonly string[], room: number): string[][] {
  const groups: string[][] = [];
  let left = 0;
  for (const path of paths) {
    const size = Buffer.byteLength(path) + 1;
    const last = groups.at(-1);
    if (last && size <= left) last.push(path);
    else groups.push([path]);
    left = (last && size <= left ? left : room) - size;
  }
  return groups;
}
