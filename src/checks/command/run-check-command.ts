import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FailedTest, Room, TestCounts } from "../../model/gate-run.ts";
import type { CommandEnd } from "../../system/command.ts";
import { lookAt, writeTextFile } from "../../system/files.ts";
import { runCommand } from "../../system/run-command.ts";
import type { CommandDefinition, TreeReader } from "./definition.ts";
import { commandEnvironment, type Variables } from "./environment.ts";
import { failureTail } from "./failure-tail.ts";
import { judge } from "./judge.ts";
import type { ScriptSource } from "./original/prepare-script.ts";
import { findReport, type Plan, planRun, reportsBefore } from "./plan-run.ts";

/** What one run of a command check needs. */
export interface CommandCheckInput {
  readonly definition: CommandDefinition;
  /** The folder that the command runs in: the root of a worktree or of a clean room. */
  readonly room: { readonly path: string; readonly kind: Room };
  /** The id of the task, for CALM_TASK. */
  readonly task: string;
  /** The environment that calm was started with; what a command may not see is taken out here. */
  readonly env: Variables;
  /** Where checks by the same runner run; a report below another one's folder is that one's. */
  readonly folders?: readonly string[] | undefined;
  readonly logPath: string;
  /** An existing folder of this run alone; calm's own report file goes there. */
  readonly tempDir: string;
  /** A text without colons and dots that no other run has: its processes are found by it, also after a crash. */
  readonly marker: string;
  readonly signal: AbortSignal;
  /** The commit that is checked: its package.json says what `npm test` starts. */
  readonly tree: TreeReader;
  /** Where the original's gate scripts come from; those need it. */
  readonly scripts?: ScriptSource | undefined;
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
  const { definition, room } = input;
  const folder = join(room.path, definition.folder);
  if (lookAt(folder)?.isDirectory() !== true) return withoutFolder(input);
  const plan = await planRun(input);
  const before = await reportsBefore(plan);
  const result = await runPlan(input, plan, folder).finally(plan.script?.tidy);
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

function runPlan(input: CommandCheckInput, plan: Plan, folder: string): ReturnType<typeof runCommand> {
  const { definition, room } = input;
  return runCommand({
    argv: plan.argv,
    cwd: folder,
    env: commandEnvironment({
      inherited: input.env,
      room: room.path,
      folder: definition.folder,
      task: input.task,
      own: { ...definition.env, ...plan.env },
      appended: plan.appended,
    }),
    logPath: input.logPath,
    logLimit: definition.logLimit,
    stdoutPath: plan.stdoutPath,
    timeout: definition.timeoutMs,
    signal: input.signal,
    marker: input.marker,
    onLine: input.onLine,
  });
}

const mending: Readonly<Record<CommandDefinition["source"]["kind"], string>> = {
  original: "mend .claude/project.json",
  config: "mend dir in .calm/config.yaml",
  detected: "where it has to go, say so in .calm/config.yaml on the default branch, by none: and the reason",
};

/** The folder was renamed or removed since the check was configured, or never was there. */
async function withoutFolder({ definition, room, logPath }: CommandCheckInput): Promise<CommandEvidence> {
  const { check, folder, source } = definition;
  const message = `the folder ${folder} of ${check} does not exist at this commit; ${mending[source.kind]}`;
  const text = `${message}\n`;
  await writeTextFile(logPath, text);
  const nothing = { exitCode: null, signal: null, counts: null, failedTests: [], durationMs: 0 };
  const logSha256 = createHash("sha256").update(text).digest("hex");
  const log = { logPath, logSha256, logBytes: Buffer.byteLength(text), tail: [] };
  return { verdict: "fail", message, end: "not_found", room: room.kind, argv: [], ...nothing, ...log };
}
