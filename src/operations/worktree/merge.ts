import * as z from "zod/mini";
import type { GateReport } from "../../checks/run-gate.ts";
import type { Context } from "../../context.ts";
import type { CheckVerdict } from "../../model/gate-run.ts";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import type { Task } from "../../model/task.ts";
import { admit, admitDocuments, noWorktree } from "../../merge/admit.ts";
import { Failure } from "../../failure.ts";
import { parseDuration } from "../../model/config.ts";
import { chooseBase } from "../../merge/choose-base.ts";
import { mergeTask } from "../../merge/merge-task.ts";
import { loadConfig } from "../../project/load-config.ts";
import { locateTask } from "../../project/location.ts";
import { getTask } from "../../store/tasks.ts";
import { keepLease } from "../../workers/keep-lease.ts";
import { requireCommitted } from "../../worktree/uncommitted.ts";
import { defineOperation } from "../operation.ts";
import { describeMerge, MergeAnswer, type NamedCheck } from "./describe-merge.ts";

/** `calm worktree merge` */
export const worktreeMerge = defineOperation({
  name: "worktree merge",
  summary: "Land a task: build the merge aside, check it in a clean room, then move the default branch",
  kind: "merge",
  effect: "destroy",
  examples: [
    "calm worktree merge SPEC-001",
    "calm worktree merge SPEC-001 --check-only",
    "calm worktree merge SPEC-001 --wait 0",
    "calm worktree merge SPEC-001 --docs",
  ],
  input: z.object({
    task: TaskArgument,
    check_only: field(z._default(z.boolean(), false), "Only say whether it would conflict"),
    docs: field(
      z._default(z.boolean(), false),
      "Land planning documents, bug reports and changelogs alone, in any phase; the task goes on as it is",
    ),
    skip_sync: field(z._default(z.boolean(), false), "Do not install dependencies in the main checkout"),
    no_cache: field(z._default(z.boolean(), false), "Run every check afresh"),
    wait: field(
      z._default(z.string(), "10m"),
      "Give up when the queue has not moved on for so long; 0 = do not wait",
    ),
    force: field(z._default(z.boolean(), false), "Although merge_lock is set; only a person at a terminal"),
    yes: Yes,
    dry_run: DryRun,
  }),
  positional: ["task"],
  output: MergeAnswer,
  async run(context, input) {
    const wait = waitOf(input.wait);
    const task = await getTask(await context.store(), input.task);
    if (input.check_only) return preview(context, task, "check");
    if (input.dry_run) {
      const { worktree } = await (input.docs ? admitDocuments(context, task) : admit(context, task));
      await requireCommitted(context, worktree);
      return preview(context, task, "dry_run");
    }
    if (input.force) {
      const command = `calm worktree merge ${task.id} --force`;
      await context.askPerson({
        question: `Merge ${task.id} although merging is locked?`,
        word: task.id,
        command,
      });
    }
    const { docs, no_cache: noCache } = input;
    const options = { despiteLock: input.force, noCache, docs, sync: !input.skip_sync && !docs, wait };
    const { landed, merge, report, removed, due, push, subject } = await keepLease(context, (kept) =>
      mergeTask(kept, task, options),
    );
    return {
      ...{ task: task.id, mode: "merge" as const, passed: landed, branch: merge.target, conflicts: [] },
      joined: subject === undefined,
      ...{
        head: merge.head,
        commit: merge.candidate,
        gate_run: report?.run.id ?? null,
        removed,
        due: [...due],
      },
      docs,
      pushes: merge.push ?? false,
      failed: report ? failedChecks(report) : [],
      flaky: report ? namedChecks(report, "flaky") : [],
      ...(push && { push: { ...push } }),
      phase: (await getTask(await context.store(), task.id)).phase,
    };
  },
  text: (answer) => describeMerge(answer),
  passed: ({ passed }) => passed,
  next: ({ passed, mode, phase, task, docs, gate_run: run }) => {
    if (mode !== "merge" || docs) return [];
    if (!passed) return run === null ? [] : [`calm gate log ${run}`];
    return phase === "VERIFY" ? [`calm gate check ${task} VERIFY-DONE`] : [];
  },
});

function waitOf(text: string): number {
  const wait = text === "0" ? 0 : parseDuration(text);
  if (wait !== undefined) return wait;
  throw new Failure("invalid_input", `--wait is no span of time: ${text}`, {
    hint: "Write it as calm worktree merge SPEC-001 --wait 30m, or --wait 0",
  });
}

/** The red checks; of a run that is void without one, why it is. */
function failedChecks({ run, checks }: GateReport): NamedCheck[] {
  const failed = namedChecks({ checks }, "fail");
  if (failed.length === 0 && run.verdict !== "pass") {
    return [{ check: "gate run", message: run.reason ?? run.state }];
  }
  return failed;
}

function namedChecks({ checks }: Pick<GateReport, "checks">, verdict: CheckVerdict): NamedCheck[] {
  return checks.filter((one) => one.verdict === verdict).map(({ check, message }) => ({ check, message }));
}

async function preview(
  context: Context,
  task: Task,
  mode: "check" | "dry_run",
): Promise<z.output<typeof MergeAnswer>> {
  const loaded = await loadConfig(context);
  const location = await locateTask(context, task, loaded);
  if (!location.worktree) throw noWorktree(task);
  const git = await context.git();
  const { base } = await chooseBase(context, loaded.branch);
  const merged = await git.previewMerge(base, location.commit);
  return {
    ...{ task: task.id, mode, passed: merged.clean, branch: loaded.branch, head: location.commit },
    ...{
      conflicts: merged.clean ? [] : [...merged.conflicts],
      commit: null,
      gate_run: null,
      failed: [],
      flaky: [],
    },
    pushes: loaded.config.merge.push,
    ...{ removed: false, due: [], phase: task.phase, joined: false, docs: false },
  };
}
