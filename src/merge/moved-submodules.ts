import type { Context } from "../context.ts";
import type { ChangedFile } from "../git/git.ts";

/** The mode by which a tree holds a commit of another repository. */
const gitlink = "160000";

/** Tells which submodules a merge has moved: their own files are a repository's of its own, and stay as they are. */
export function tellMovedSubmodules(
  context: Context,
  checkout: string,
  changed: readonly ChangedFile[],
): void {
  const moved = changed.filter(({ newMode }) => newMode === gitlink).map(({ path }) => path);
  if (moved.length === 0) return;
  context.warn(
    `Submodules moved: ${moved.join(", ")}; their files in ${checkout} are as they were. ` +
      "Update them there: git submodule update",
  );
}
