import { basename, join } from "node:path";
import type { Git } from "../../../git/git.ts";
import { createScriptResults, readScriptResults } from "../../../store/script-results.ts";
import { pathExists, removeTree } from "../../../system/files.ts";
import { makePrivateFolder } from "../../../system/private-folder.ts";
import { makeLink, writeProgram } from "../../../system/program-files.ts";
import { pytestReport, nodeReport } from "../ask-report.ts";
import type { CommandDefinition, ScriptCommand, TreeReader } from "../definition.ts";
import { recogniseRunner } from "../recognise.ts";
import type { ReportProblem, TestReport } from "../reports/report.ts";
import { treeBelow } from "../tree-below.ts";
import { gatesFolder } from "./gate-files.ts";
import { countsOfRows } from "./script-counts.ts";

/** Where gate scripts are copied from, and what they call their main repository. */
export interface ScriptSource {
  readonly git: Pick<Git, "readBlob" | "initEmpty">;
  readonly mainRepo: string;
}

/** What one run of a gate script is about. */
interface ScriptRun {
  readonly definition: CommandDefinition;
  readonly script: ScriptCommand;
  readonly room: string;
  readonly task: string;
  /** An existing folder of this run alone. */
  readonly tempDir: string;
  readonly tree: TreeReader;
}

/** A gate script that is ready to be run. */
export interface PreparedScript {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly appended: Readonly<Record<string, string>>;
  /** Glob of the reports that runners were asked for, in the run's folder. */
  readonly reports: string | undefined;
  /** What the script has logged by itself. */
  readonly logged: () => TestReport | ReportProblem | undefined;
  /** Takes the log away that the scripts leave in the worktree, where there was none before. */
  readonly tidy: () => Promise<void>;
}

// The scripts' common file and their own fallback set DB_PATH to one of these beside the gates.
const database = "claws.db";
const otherDatabases = ["clams.db", "calm.db"];

/** The file with all output that the original's test scripts write into the worktree; calm's log has it too. */
const leftLog = "test_output.log";

/**
 * Copies the gates of the default branch into the run's folder, as a repository of its own: the scripts take the
 * first worktree around them for the main repository, and the database beside it for theirs.
 */
export async function prepareScript(source: ScriptSource, run: ScriptRun): Promise<PreparedScript> {
  const { definition, script, task, tempDir } = run;
  const copy = join(tempDir, "original");
  await removeTree(copy);
  makePrivateFolder(copy);
  await source.git.initEmpty(copy);
  const files = script.files.filter(({ kind }) => kind !== "other");
  const contents = await Promise.all(files.map(({ blob }) => source.git.readBlob(blob)));
  for (const [index, bytes] of contents.entries()) {
    const { path = "", kind } = files[index] ?? {};
    await writeProgram(join(copy, path), bytes, kind === "executable");
  }
  const claude = join(copy, ".claude");
  createScriptResults(join(claude, database), task);
  for (const name of otherDatabases) await makeLink(database, join(claude, name));
  const room = join(run.room, definition.folder);
  const left = join(room, leftLog);
  const wasThere = pathExists(left);
  const appended = definition.isTests ? await askRunners(run) : {};
  return {
    argv: [join(copy, script.path), room, task],
    env: environment(source, claude, definition, room),
    appended,
    reports: definition.isTests ? "calm-report-*" : undefined,
    logged: () => (definition.isTests ? readLogged(join(claude, database)) : undefined),
    tidy: async () => {
      if (!wasThere) await removeTree(left);
    },
  };
}

function environment(
  { mainRepo }: ScriptSource,
  claude: string,
  { env }: CommandDefinition,
  room: string,
): Record<string, string> {
  const { PYTHONPATH: path } = env;
  return {
    MAIN_REPO: mainRepo,
    CLAUDE_DIR: claude,
    DB_PATH: join(claude, database),
    GATES_DIR: join(claude, basename(gatesFolder)),
    ROLES_DIR: join(mainRepo, ".claude/roles"),
    WORKTREE_DIR: join(mainRepo, ".worktrees"),
    // A script that installs the worktree into the interpreter that all share redirects every other one.
    PIP_REQUIRE_VIRTUALENV: "1",
    ...(path === undefined ? {} : { PYTHONPATH: join(room, path) }),
  };
}

/** Asks the runners that a script may start, by what they read from the environment. */
async function askRunners({ definition, tempDir, tree }: ScriptRun): Promise<Record<string, string>> {
  const pytest = pytestReport(join(tempDir, "calm-report-pytest"));
  const asked: Record<string, string> = { [pytest.name]: pytest.text };
  const { runner } = await recogniseRunner(
    { kind: "shell", line: "npm test" },
    treeBelow(tree, definition.folder),
  );
  if (runner === "node") {
    const node = nodeReport(join(tempDir, "calm-report-node"));
    asked[node.name] = node.text;
  }
  return asked;
}

function readLogged(path: string): TestReport | ReportProblem | undefined {
  try {
    return countsOfRows(readScriptResults(path));
  } catch (error) {
    return {
      problem: `what it logged cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
