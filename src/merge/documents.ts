import type { ChangedFile } from "../git/git.ts";
import { isPlanningDocument } from "../model/paths.ts";

const plainFile = "100644";

/** The paths of a change that are no documents: they may not land without a gate. Links and programs are none either. */
export function notDocuments(changes: readonly ChangedFile[]): string[] {
  const others = changes.filter(
    ({ path, status, newMode }) =>
      !isPlanningDocument(path) || (status !== "deleted" && newMode !== plainFile),
  );
  return others.map(({ path }) => path);
}
