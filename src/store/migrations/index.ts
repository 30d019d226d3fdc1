import { foundation } from "./0001-foundation.ts";
import { theOriginal } from "./0002-the-original.ts";
import { workerLeases } from "./0003-worker-leases.ts";
import { whoBegan } from "./0004-who-began.ts";
import { statistics } from "./0005-statistics.ts";
import { runningChecks } from "./0006-running-checks.ts";
import { mergeQueue } from "./0007-merge-queue.ts";
import { changes } from "./0008-changes.ts";
import { changedFiles } from "./0009-changed-files.ts";
import { interruptedCalls } from "./0010-interrupted-calls.ts";
import { rememberedCommits } from "./0011-remembered-commits.ts";

/** The schema's history, oldest first; append only. The schema's version is the number of entries applied. */
export const migrations: readonly string[] = [
  foundation,
  theOriginal,
  workerLeases,
  whoBegan,
  statistics,
  runningChecks,
  mergeQueue,
  changes,
  changedFiles,
  interruptedCalls,
  rememberedCommits,
];
