import type { GateSubject } from "../checks/gate-subject.ts";
import type { GateReport } from "../checks/run-gate.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import type { Push } from "../model/push.ts";

/** How a merge ended: landed, or stopped by a red candidate. */
export interface MergeOutcome {
  readonly landed: boolean;
  readonly merge: BuiltMerge;
  /** Absent where only documents landed. */
  readonly report?: GateReport;
  /** Worktree and branch are gone. */
  readonly removed: boolean;
  /** Batch jobs that are due now. */
  readonly due: readonly string[];
  /** Absent where nothing is to be pushed, or recovery has told what is left of it. */
  readonly push?: Push;
  /** What was merged, as it was read for it; absent where another process made the merge, or began it. */
  readonly subject?: GateSubject;
}
