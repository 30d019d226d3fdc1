import { backupCreate, backupRestore, sessionSave } from "./stored-victims.ts";
import { undoMerge, undoRemoval, undoReverting } from "./undo-victims.ts";
import type { Victim } from "./victim.ts";
import { create, merge, mergeDocuments, remove, restore } from "./worktree-victims.ts";

/** Every operation of the suite; one more is one entry more, and what it needs in the scene. */
export const victims: readonly Victim[] = [
  ...[create, merge, mergeDocuments, remove, restore],
  ...[undoMerge, undoReverting, undoRemoval],
  ...[backupCreate, backupRestore, sessionSave],
];
