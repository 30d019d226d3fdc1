import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FailedTest, Room, TestCounts } from "../../model/gate-run.ts";
import type { CommandEnd } from "../../system/command.ts";
import { writeTextFile } from "../../system/files.ts";
import { runCommand } from "../../system/run-command.ts";
import { askForReport } from "./ask-report.ts";
import type { CommandDefinition, CommandLine, ReportFormat, TreeReader } from "./definition.ts";
import { commandEnvironment, type Variables } from "./environment.ts";
import { judge, type ReportFound } from "./judge.ts";
import { listReports, readReports } from "./reports/find-reports.ts";
import { treeBelow } from "./tree-below.ts";

/** What one run of a command check needs. */
export interface CommandCheckInput {
  readonly definition: CommandDefinition;
  /** The root of a worktree or of a clean room; the command runs in the definition's folder of it. */
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

interface Plan {
  readonly argv: readonly [string, ...string[]];
  readonly own: Readonly<Record<string, string>>;
  readonly appended: Readonly<Record<string, string>>;
  /** Where a report will be: a folder and a path or glob in it. */
  readonly report:
    | { readonly root: string; readonly path: string; readonly format: ReportFormat }
    | undefined;
}

/** Runs the command of a check and judges it; Failure file_failed when its log cannot be written. */
export async function runCommandCheck(input: CommandCheckInput): Promise<CommandEvidence> {
  const plan = await planRun(input);
  const { report } = plan;
  const before = report && (await listReports(report.root, report.path));
  const { definition, room } = input;
  const cwd = join(room.path, definition.folder);
  if (!(await isFolder(cwd))) return withoutFolder(input, plan.argv);
  const result = await runCommand({
    argv: plan.argv,
    cwd,
    env: commandEnvironment({
      inherited: input.env,
      room: room.path,
      folder: definition.folder,
      task: input.task,
      own: plan.own,
      appended: plan.appended,
    }),
    logPath: input.logPath,
    logLimit: input.logLimit,
    timeout: definition.timeoutMs,
    signal: input.signal,
    marker: input.marker,
    onLine: input.onLine,
  });
  const found = report && before ? await readFound(report, before) : "not_asked";
  const counted = typeof found === "object" && "counts" in found ? found : undefined;
  const { end, exitCode, signal, durationMs, logSha256, logBytes, tail } = result;
  return {
    ...judge(definition, result, found, input.logPath),
    ...{ end, room: room.kind, argv: plan.argv, exitCode, signal, durationMs, logSha256, logBytes, tail },
    counts: counted?.counts ?? null,
    failedTests: counted?.failed ?? [],
    logPath: input.logPath,
  };
}

/** The folder was renamed or removed since the check was configured, or never was there. */
async function withoutFolder(
  { definition: { check, folder }, room, logPath }: CommandCheckInput,
  argv: Plan["argv"],
): Promise<CommandEvidence> {
  const message = `the folder ${folder} of ${check} does not exist at this commit; mend dir in .calm/config.yaml`;
  const text = `${message}\n`;
  await writeTextFile(logPath, text);
  const nothing = { exitCode: null, signal: null, counts: null, failedTests: [], durationMs: 0 };
  const logSha256 = createHash("sha256").update(text).digest("hex");
  const log = { logPath, logSha256, logBytes: Buffer.byteLength(text), tail: [] };
  return { verdict: "fail", message, end: "not_found", room: room.kind, argv, ...nothing, ...log };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // nothing of this name is there
  }
}

async function planRun({ definition, room, tempDir, tree }: CommandCheckInput): Promise<Plan> {
  const { report, run, isTests, env } = definition;
  if (report.kind === "file") {
    return {
      argv: wordsOf(run),
      own: env,
      appended: {},
      report: { root: join(room.path, definition.folder), path: report.path, format: report.format },
    };
  }
  const path = "calm-report";
  const asked = isTests
    ? await askForReport(definition, treeBelow(tree, definition.folder), join(tempDir, path))
    : undefined;
  if (!asked) return { argv: wordsOf(run), own: env, appended: {}, report: undefined };
  for (const [file, text] of Object.entries(asked.hook?.files ?? {})) await writeTextFile(file, text);
  return {
    argv: wordsOf(asked.run),
    own: { ...env, ...asked.hook?.env },
    appended: asked.appended,
    report: { root: tempDir, path, format: asked.format },
  };
}

async function readFound(
  { root, path, format }: NonNullable<Plan["report"]>,
  before: Awaited<ReturnType<typeof listReports>>,
): Promise<ReportFound> {
  return (await readReports(format, before, await listReports(root, path))) ?? "missing";
}

function wordsOf(run: CommandLine): [string, ...string[]] {
  if (run.kind === "shell") return ["sh", "-c", run.line];
  const [program = "", ...words] = run.argv;
  return [program, ...words];
}
