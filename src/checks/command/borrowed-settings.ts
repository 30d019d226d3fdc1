import { basename, dirname, join } from "node:path";
import { readTextNow } from "../../system/files-at-once.ts";
import type { StartedProgram } from "./started-programs.ts";
import { otherCheckout, type Whereabouts } from "./whereabouts.ts";

type Settings = readonly (readonly [name: string, known: RegExp])[];

const any = /(?:)/;

// In pytest's own order: what holds settings in any folder above goes before what only marks a project.
const searches: readonly Settings[] = [
  [
    ...(["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"] as const).map(
      (name) => [name, any] as const,
    ),
    ["pyproject.toml", /^\s*\[\s*tool\.pytest\b/m],
    ["tox.ini", /^\[pytest\]/m],
    ["setup.cfg", /^\[tool:pytest\]/m],
  ],
  [["pyproject.toml", any]],
  [["setup.py", any]],
];

/**
 * Why pytest would take its settings, and with them every conftest.py there, from another working tree: where the room
 * has none it looks for them in all folders above. That happens to a branch from before the project had any.
 */
export function borrowedSettings(
  where: Whereabouts,
  { words, folder, uses }: StartedProgram,
): string | undefined {
  // What calm does not know may start it.
  const startsPytest = words.some((word) => /(^|\/)(pytest|py\.test)$/.test(word)) || uses.length > 1;
  const start = join(where.room, folder);
  const found = startsPytest ? findSettings(start) : undefined;
  if (found === undefined || otherCheckout(where, found) === undefined) return undefined;
  return `pytest would take its settings, and the conftest.py next to them, from another checkout: ${found}. Bring ${basename(found)} into the task's branch (merge the default branch), or commit an empty pytest.ini in ${start}`;
}

function findSettings(start: string): string | undefined {
  for (const settings of searches) {
    for (let folder = start; ; folder = dirname(folder)) {
      for (const [name, known] of settings) {
        const path = join(folder, name);
        const text = textAt(path);
        if (text !== undefined && known.test(text)) return path;
      }
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

function textAt(path: string): string | undefined {
  try {
    return readTextNow(path);
  } catch {
    return undefined; // a folder, or not for us: not for pytest either
  }
}
