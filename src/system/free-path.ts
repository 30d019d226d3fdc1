import { pathExists } from "./files.ts";

/** The path, or it with a number where something lies there: `mv` would go into a folder, and over a file. */
export function freePath(wanted: string): string {
  let path = wanted;
  for (let number = 2; pathExists(path); number++) path = `${wanted}-${number}`;
  return path;
}
