import { join } from "node:path";
import type { FailedTest, Room, TestCounts } from "../../model/gate-run.ts";
import type { CommandEnd } from "../../system/command.ts";
import { lookAt } from "../../system/files.ts";
import { runCommand } from "../../system/run-command.ts";
import { askForReport } from "./ask-report.ts";
import type {
  CommandDefinition,
  CommandLine,
  ReportFormat,
  ScriptCommand,
  TreeReader,
} from "./definition.ts";
import { commandEnvironment, type Variables } from "./environment.ts";
import { judge, type ReportFound } from "./judge.ts";
import { prepareScript, type PreparedScript, type ScriptSource } from "./original/prepare-script.ts";
import { strictest } from "./original/script-counts.ts";
import { listReports, readReports } from "./reports/find-reports.ts";

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
  /** Where the original's gate scripts come from; those need it. */
  readonly scripts?: ScriptSource | undefined;
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
  readonly appended: Readonly<Record<string, string>>;
  readonly script?: PreparedScript | undefined;
  /** The folder of the check, where the commit has none: then nothing of the project is run. */
  readonly missing?: string;
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
  const result = await runPlan(input, plan).finally(plan.script?.tidy);
  const asked = report && before ? await readFound(report, before) : "not_asked";
  const found = plan.script ? withLogged(asked, plan.script) : asked;
  const counted = typeof found === "object" && "counts" in found ? found : undefined;
  const { end, exitCode, signal, durationMs, logSha256, logBytes, tail } = result;
  return {
    ...(plan.missing === undefined
      ? judge(definition, result, found, input.logPath)
      : { verdict: "fail", message: missingFolder(definition, plan.missing) }),
    ...{ end, room: room.kind, argv: plan.argv, exitCode, signal, durationMs, logSha256, logBytes, tail },
    counts: counted?.counts ?? null,
    failedTests: counted?.failed ?? [],
    logPath: input.logPath,
  };
}

function missingFolder({ check, source }: CommandDefinition, folder: string): string {
  const place = source.kind === "original" ? ".claude/project.json" : source.file;
  return `there is no folder ${folder} here, in which ${check} runs; commit it, or take the check out of ${place}`;
}

function runPlan(input: CommandCheckInput, plan: Plan): ReturnType<typeof runCommand> {
  const { definition, room } = input;
  return runCommand({
    argv: plan.argv,
    cwd: plan.missing === undefined ? join(room.path, definition.folder) : room.path,
    env: commandEnvironment({
      inherited: input.env,
      room: room.path,
      task: input.task,
      own: { ...definition.env, ...plan.script?.env },
      appended: plan.appended,
    }),
    logPath: input.logPath,
    logLimit: input.logLimit,
    timeout: definition.timeoutMs,
    signal: input.signal,
    marker: input.marker,
    onLine: input.onLine,
  });
}

/** What a script has logged by itself counts where no runner left a report. */
function withLogged(asked: ReportFound, script: PreparedScript): ReportFound {
  const report = typeof asked === "object" ? asked : undefined;
  return strictest(report, script.logged()) ?? "not_asked";
}

async function planRun(input: CommandCheckInput): Promise<Plan> {
  const { definition, room, tempDir, tree } = input;
  const { report, run, isTests, folder } = definition;
  if (folder !== "" && lookAt(join(room.path, folder))?.isDirectory() !== true) {
    return { argv: ["test", "-d", folder], appended: {}, report: undefined, missing: folder };
  }
  if (run.kind === "script") return planScript(input, run);
  if (report.kind === "file") {
    return {
      argv: wordsOf(run),
      appended: {},
      report: { root: room.path, path: report.path, format: report.format },
    };
  }
  const path = "calm-report";
  const asked = isTests ? await askForReport(definition, tree, join(tempDir, path)) : undefined;
  if (!asked) return { argv: wordsOf(run), appended: {}, report: undefined };
  return {
    argv: wordsOf(asked.run),
    appended: asked.appended,
    report: { root: tempDir, path, format: asked.format },
  };
}

async function planScript(input: CommandCheckInput, script: ScriptCommand): Promise<Plan> {
  const { scripts, definition, room, task, tempDir, tree } = input;
  if (!scripts) throw new Error("a gate script without the place that it comes from");
  const prepared = await prepareScript(scripts, { definition, script, room: room.path, task, tempDir, tree });
  const { argv, appended, reports: path } = prepared;
  const report = path === undefined ? undefined : ({ root: tempDir, path, format: "junit" } as const);
  return { argv, appended, script: prepared, report };
}

async function readFound(
  { root, path, format }: NonNullable<Plan["report"]>,
  before: Awaited<ReturnType<typeof listReports>>,
): Promise<ReportFound> {
  return (await readReports(format, before, await listReports(root, path))) ?? "missing";
}

function wordsOf(run: Exclude<CommandLine, ScriptCommand>): [string, ...string[]] {
  if (run.kind === "shell") return ["sh", "-c", run.line];
  const [program = "", ...words] = run.argv;
  return [program, ...words];
}
