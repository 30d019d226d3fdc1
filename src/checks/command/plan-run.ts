import { join } from "node:path";
import type { Room } from "../../model/gate-run.ts";
import type { CommandResult } from "../../system/command.ts";
import { writeTextFile } from "../../system/files.ts";
import { makeProgram } from "../../system/permissions.ts";
import { askForReport } from "./ask-report.ts";
import type { ReportPlace } from "./asking.ts";
import type {
  CommandDefinition,
  CommandLine,
  ReportFormat,
  ScriptCommand,
  TreeReader,
} from "./definition.ts";
import type { Variables } from "./environment.ts";
import type { ReportFound } from "./judge.ts";
import { prepareScript, type PreparedScript, type ScriptSource } from "./original/prepare-script.ts";
import { strictest } from "./original/script-counts.ts";
import { treeBelow } from "./tree-below.ts";
import type { listReports } from "./reports/find-reports.ts";

/** What a run is planned from. */
interface PlannedFrom {
  readonly definition: CommandDefinition;
  readonly room: { readonly path: string; readonly kind: Room };
  readonly task: string;
  readonly scripts?: ScriptSource | undefined;
  readonly tempDir: string;
  readonly tree: TreeReader;
  readonly env: Variables;
  readonly folders?: readonly string[] | undefined;
}

/** How a command is really started, and where its report will be. */
export interface Plan {
  readonly argv: readonly [string, ...string[]];
  /** Variables to which a text is appended, and variables that are set. */
  readonly appended: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly script?: PreparedScript | undefined;
  /** The file that gets what the command prints, where the report is in that. */
  readonly stdoutPath: string | undefined;
  /** A folder, a path or glob in it, and the folders below it whose reports are not meant. */
  readonly report:
    | {
        readonly root: string;
        readonly path: string;
        readonly format: ReportFormat;
        readonly without?: readonly string[];
      }
    | undefined;
}

const outputFile = "calm-output";

/** Plans a run: the project's own report, or the one that calm asks a known runner for. */
export async function planRun(from: PlannedFrom): Promise<Plan> {
  const { definition, tempDir, tree } = from;
  const { report, run, isTests } = definition;
  if (run.kind === "script") return planScript(from, run);
  const plain = { argv: wordsOf(run), appended: {}, env: {} };
  if (report.kind === "file") return { ...plain, ...placeOf(from, { in: "project", ...report }) };
  if (report.kind === "output") return { ...plain, ...placeOf(from, { in: "output", ...report }) };
  const asked = isTests
    ? await askForReport(definition, treeBelow(tree, definition.folder), tempDir, from.env)
    : undefined;
  if (!asked) return { ...plain, stdoutPath: undefined, report: undefined };
  for (const [name, text] of Object.entries(asked.files)) {
    await writeTextFile(join(tempDir, name), text);
    if (text.startsWith("#!")) await makeProgram(join(tempDir, name));
  }
  const { appended, env } = asked;
  const place = placeOf(from, asked.report);
  const own = place.report && { ...place.report, without: foldersBelow(from) };
  return { argv: wordsOf(asked.run), appended, env, ...place, report: own };
}

/** Checks run at the same time, and a build tool's reports lie all over the project. */
function foldersBelow({ definition: { folder }, room, folders = [] }: PlannedFrom): string[] {
  const inside = folder === "" ? "" : `${folder}/`;
  const below = folders.filter((one) => one !== folder && one.startsWith(inside));
  return below.map((one) => join(room.path, one));
}

async function planScript(from: PlannedFrom, script: ScriptCommand): Promise<Plan> {
  const { scripts, definition, room, task, tempDir, tree } = from;
  if (!scripts) throw new Error("a gate script without the place that it comes from");
  const prepared = await prepareScript(scripts, { definition, script, room: room.path, task, tempDir, tree });
  const { argv, appended, env, reports: path } = prepared;
  const report = path === undefined ? undefined : ({ root: tempDir, path, format: "junit" } as const);
  return { argv, appended, env, script: prepared, stdoutPath: undefined, report };
}

function placeOf(
  { room, definition, tempDir }: PlannedFrom,
  place: ReportPlace,
): Pick<Plan, "report" | "stdoutPath"> {
  const { format } = place;
  if (place.in === "output") {
    return { stdoutPath: join(tempDir, outputFile), report: { root: tempDir, path: outputFile, format } };
  }
  const root = place.in === "folder" ? tempDir : join(room.path, definition.folder);
  return { stdoutPath: undefined, report: { root, path: place.path, format } };
}

type Reports = Awaited<ReturnType<typeof listReports>>;

/** The reports that lie there before the command starts: they are another run's. */
export async function reportsBefore({ report, stdoutPath }: Plan): Promise<Reports> {
  return report && stdoutPath === undefined ? await listPlanned(report) : new Map();
}

/** The report that a command has left. */
export async function findReport(plan: Plan, before: Reports, result: CommandResult): Promise<ReportFound> {
  const asked = await findAsked(plan, before, result);
  if (!plan.script) return asked;
  // What a script has logged by itself counts where no runner left a report.
  return strictest(typeof asked === "object" ? asked : undefined, plan.script.logged()) ?? "not_asked";
}

async function findAsked({ report }: Plan, before: Reports, result: CommandResult): Promise<ReportFound> {
  if (!report) return "not_asked";
  if (result.stdoutCut) return { problem: "what the command printed was too much to keep (log_limit)" };
  const { readReports } = await import("./reports/find-reports.ts");
  return (await readReports(report.format, before, await listPlanned(report))) ?? "missing";
}

async function listPlanned({ root, path, without = [] }: NonNullable<Plan["report"]>): Promise<Reports> {
  const { listReports } = await import("./reports/find-reports.ts");
  const all = await listReports(root, path);
  return new Map([...all].filter(([file]) => !without.some((folder) => file.startsWith(`${folder}/`))));
}

function wordsOf(run: Exclude<CommandLine, ScriptCommand>): [string, ...string[]] {
  if (run.kind === "shell") return ["sh", "-c", run.line];
  const [program = "", ...words] = run.argv;
  return [program, ...words];
}
