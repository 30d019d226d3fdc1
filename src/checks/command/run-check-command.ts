import type { FailedTest, Room, TestCounts } from "../../model/gate-run.ts";
import type { CommandEnd } from "../../system/command.ts";
import { runCommand } from "../../system/run-command.ts";
import type { CommandDefinition, TreeReader } from "./definition.ts";
import { commandEnvironment, type Variables } from "./environment.ts";
import { failureTail } from "./failure-tail.ts";
import { judge } from "./judge.ts";
import { findReport, planRun, reportsBefore } from "./plan-run.ts";

/** What one run of a command check needs. */
export interface CommandCheckInput {
  readonly definition: CommandDefinition;
  /** The folder that the command runs in: the root of a worktree or of a clean room. */
  readonly room: { readonly path: string; readonly kind: Room };
  /** The id of the task, for CALM_TASK. */
  readonly task: string;
  /** The environment that calm was started with; what a command may not see is taken out here. */
  readonly env: Variables;
  readonly logPath: string;
  /** An existing folder of this run alone; calm's own report file goes there. */
  readonly tempDir: string;
  /** A text without colons and dots that no other run has: its processes are found by it, also after a crash. */
  readonly marker: string;
  readonly signal: AbortSignal;
  /** The commit that is checked: its package.json says what `npm test` starts. */
  readonly tree: TreeReader;
  /** Bytes of the log after which it is cut; 200 MB where absent. */
  readonly logLimit?: number | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

/** What one run of a command check left as evidence. */
export interface CommandEvidence {
  readonly verdict: "pass" | "fail";
  readonly message: string;
  readonly end: CommandEnd;
  readonly room: Room;
  /** The command as it was really run. */
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly counts: TestCounts | null;
  readonly failedTests: readonly FailedTest[];
  readonly durationMs: number;
  readonly logPath: string;
  readonly logSha256: string;
  readonly logBytes: number;
  readonly tail: readonly string[];
}

/** Runs the command of a check and judges it; Failure file_failed when its log cannot be written. */
export async function runCommandCheck(input: CommandCheckInput): Promise<CommandEvidence> {
  const plan = await planRun(input);
  const before = await reportsBefore(plan);
  const { definition, room } = input;
  const result = await runCommand({
    argv: plan.argv,
    cwd: room.path,
    env: commandEnvironment({
      inherited: input.env,
      room: room.path,
      task: input.task,
      own: { ...definition.env, ...plan.env },
      appended: plan.appended,
    }),
    logPath: input.logPath,
    logLimit: input.logLimit,
    stdoutPath: plan.stdoutPath,
    timeout: definition.timeoutMs,
    signal: input.signal,
    marker: input.marker,
    onLine: input.onLine,
  });
  const found = await findReport(plan, before, result);
  const counted = typeof found === "object" && "counts" in found ? found : undefined;
  const { end, exitCode, signal, durationMs, logSha256, logBytes } = result;
  return {
    ...judge(definition, result, found, input.logPath),
    ...{ end, room: room.kind, argv: plan.argv, exitCode, signal, durationMs, logSha256, logBytes },
    tail: failureTail(plan, counted, result.tail),
    counts: counted?.counts ?? null,
    failedTests: counted?.failed ?? [],
    logPath: input.logPath,
  };
}
