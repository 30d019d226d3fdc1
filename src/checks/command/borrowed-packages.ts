import { join } from "node:path";
import { isWithin, otherCheckout, placeOf, type Whereabouts } from "./whereabouts.ts";
import type { WantedPackages } from "./workspace-packages.ts";

/** Something that a command would take from another working tree of the project. */
export interface Borrowed {
  /** What it asks for: a package, a program, a Python module. */
  readonly name: string;
  /** Where it would be taken from. */
  readonly place: string;
}

/** The first package that Node would find in another working tree: it looks in the folders above a room, too. */
export function borrowedPackage(where: Whereabouts, wanted: readonly WantedPackages[]): Borrowed | undefined {
  for (const { from, names } of wanted) {
    for (const name of names) {
      const place = findPackage(where, join(where.room, from), name);
      if (place !== undefined && otherCheckout(where, place) !== undefined) return { name, place };
    }
  }
  return undefined;
}

/** The first program that a package manager would start from another working tree; it looks where Node does. */
export function borrowedProgram(
  where: Whereabouts,
  folder: string,
  programs: readonly string[],
): Borrowed | undefined {
  const names = programs.map((name) => `.bin/${name}`);
  const found = borrowedPackage(where, [{ from: folder, names }]);
  return found && { ...found, name: found.name.slice(".bin/".length) };
}

/** Where Node would find a package: in the next node_modules that has it, then in those of the folders above. */
function findPackage(where: Whereabouts, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = join(folder, "..")) {
    const place = placeOf(join(folder, "node_modules", name));
    if (place !== undefined) return place;
    // Above all checkouts there is nothing of the project's any more.
    const around = [where.room, ...where.checkouts].some((one) => isWithin(one, folder));
    if (folder === join(folder, "..") || !around) return undefined;
  }
}
