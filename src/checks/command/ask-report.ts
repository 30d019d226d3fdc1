import { join } from "node:path";
import { askCargo, askNextest } from "./ask-cargo.ts";
import { type AskedOf, reportFile, type ReportPlace, type Request } from "./asking.ts";
import type {
  CommandDefinition,
  CommandLine,
  ReportFormat,
  Runner,
  ScriptCommand,
  TreeReader,
} from "./definition.ts";
import type { Variables } from "./environment.ts";
import { type RecognisedRunner, recogniseRunner } from "./recognise.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import { unittestHook } from "./unittest-report.ts";

type PlainCommand = Exclude<CommandLine, ScriptCommand>;

/** A variable to which a text is appended, and with it a runner leaves a report. */
interface AskingVariable {
  readonly name: string;
  readonly text: string;
}

/** A command that leaves a report for calm. */
interface AskedCommand extends Required<Omit<Request, "words">> {
  readonly run: PlainCommand;
  readonly report: ReportPlace;
}

interface Asking {
  /** Given by the project itself, such a word would collide with ours, or end the options. */
  readonly taken?: RegExp;
  /** True when it is asked without a word more on its line. */
  readonly byEnvironment?: true;
  request(asked: AskedOf): Request | undefined | Promise<Request | undefined>;
}

const askings: Partial<Record<Runner, Asking>> = {
  node: {
    taken: /^--test-reporter/,
    byEnvironment: true,
    request: ({ file }) => byVariable("junit", nodeReport(file)),
  },
  pytest: {
    taken: /^--junit-?xml/,
    byEnvironment: true,
    request: ({ file }) => byVariable("junit", pytestReport(file)),
  },
  // Told to look at no variables or to load no site, Python would not see the hook.
  unittest: {
    taken: /^-[a-z]*[EIS]/,
    byEnvironment: true,
    request: ({ folder, file, own }) => ({
      report: inFile("junit"),
      ...unittestHook(folder, file, own["PYTHONPATH"]),
    }),
  },
  vitest: byWords("junit", /^--outputFile/, (file) => [
    ...["--reporter=default", "--reporter=junit", `--outputFile.junit=${file}`],
  ]),
  jest: byWords("jest", /^--(outputFile|json)/, (file) => ["--json", `--outputFile=${file}`]),
  mocha: byWords("junit", /^(-R|-O|--reporter)/, (file) => [
    ...["--reporter=xunit", `--reporter-option=output=${file}`],
  ]),
  cargo: { taken: /^(--target(=.*)?|--format(=.*)?|-q|--quiet|--list|--no-run)$/, request: askCargo },
  nextest: { taken: /^(--|--tool-config-file(=.*)?|--config-file(=.*)?)$/, request: askNextest },
  ava: onOutput("tap", /^(--|-w|--watch)$/, { given: /^(-t|--tap)$/, word: "--tap" }),
  go: onOutput("go", /^--?(args|c|exec|json=.*)$/, { given: /^--?json$/, word: "-json" }),
  maven: {
    byEnvironment: true,
    request: () => ({ report: inProject("**/target/{surefire,failsafe}-reports/TEST-*.xml") }),
  },
  gradle: { request: askGradle },
  phpunit: byWords("junit", /^(--|--log-junit(=.*)?)$/, (file) => ["--log-junit", file]),
  rspec: {
    byEnvironment: true,
    // Other formatters are silenced, and the log stays what rspec prints by itself.
    request: ({ file }) => ({
      report: inFile("rspec"),
      appended: { SPEC_OPTS: `--format progress --format json --out ${shellQuote(file)}` },
    }),
  },
  minitest: { taken: /^--junit/, request: askMinitest },
  bats: {
    taken: /^(--|--report-formatter(=.*)?|-o|--output(=.*)?)$/,
    request: ({ folder }) => ({
      report: { in: "folder", path: "report.xml", format: "junit" },
      words: ["--report-formatter", "junit", "--output", folder],
    }),
  },
};

/** Whether calm can ask a recognised runner for a report. */
export function canAsk(found: RecognisedRunner): boolean {
  const asking = askings[found.runner];
  // Behind a target of make or just nothing can be added to the line.
  if (asking === undefined || (found.closed && asking.byEnvironment !== true)) return false;
  return !found.words.some((word) => asking.taken?.test(word) ?? false);
}

/** The command as it must run at a commit to leave a report; undefined when no known runner ends it there. */
export async function askForReport(
  definition: CommandDefinition,
  tree: TreeReader,
  folder: string,
  env: Variables = {},
): Promise<AskedCommand | undefined> {
  const { run } = definition;
  if (run.kind === "script") return undefined; // asked by the environment alone
  const found = await recogniseRunner(run, tree);
  if (!canAsk(found)) return undefined;
  const file = join(folder, reportFile);
  const request = await askings[found.runner]?.request({
    found,
    tree,
    folder,
    file,
    env,
    own: definition.env,
  });
  if (!request) return undefined;
  const { report, words = [], appended = {}, env: set = {}, files = {} } = request;
  const own = words.length > 0 ? [...found.separators, ...words] : [];
  return { run: withWords(run, own), report, appended, env: set, files };
}

function byVariable(format: ReportFormat, { name, text }: AskingVariable): Request {
  return { report: inFile(format), appended: { [name]: text } };
}

function inFile(format: ReportFormat): ReportPlace {
  return { in: "folder", path: reportFile, format };
}

function inProject(path: string): ReportPlace {
  return { in: "project", path, format: "junit" };
}

function byWords(format: ReportFormat, taken: RegExp, words: (file: string) => readonly string[]): Asking {
  return { taken, request: ({ file }) => ({ report: inFile(format), words: words(file) }) };
}

function onOutput(
  format: ReportFormat,
  taken: RegExp,
  { given, word }: { readonly given: RegExp; readonly word: string },
): Asking {
  return {
    taken,
    request: ({ found }) => ({
      report: { in: "output", format },
      words: found.words.some((one) => given.test(one)) ? [] : [word],
    }),
  };
}

function withWords(run: PlainCommand, words: readonly string[]): PlainCommand {
  if (words.length === 0) return run;
  if (run.kind === "argv") return { kind: "argv", argv: [...run.argv, ...words] };
  return { kind: "shell", line: [run.line.trimEnd(), ...words.map(shellQuote)].join(" ") };
}

/** How pytest is asked for JUnit XML, whoever starts it. */
export function pytestReport(file: string): AskingVariable {
  return { name: "PYTEST_ADDOPTS", text: `--junit-xml=${shellQuote(file)}` };
}

/** How `node --test` is asked for JUnit XML, whoever starts it. */
export function nodeReport(file: string): AskingVariable {
  // Node reads quoted values in NODE_OPTIONS; the second reporter keeps the log readable.
  const quoted = `"${file.replace(/["\\]/g, "\\$&")}"`;
  const words = [
    "--test-reporter=junit",
    `--test-reporter-destination=${quoted}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
  ];
  return { name: "NODE_OPTIONS", text: words.join(" ") };
}

// Gradle skips tests whose inputs have not changed, and then writes no report either.
function askGradle({ folder }: AskedOf): Request {
  const script = "always-test.gradle";
  const text =
    "allprojects { tasks.withType(Test) { outputs.upToDateWhen { false }; outputs.cacheIf { false } } }\n";
  return {
    report: inProject("**/build/test-results/**/TEST-*.xml"),
    words: ["--init-script", join(folder, script)],
    files: { [script]: text },
  };
}

/** minitest itself writes no report; the gem minitest-junit makes it. */
async function askMinitest({ found, tree, file }: AskedOf): Promise<Request | undefined> {
  if (!/^ +minitest-junit(_formatter)? \(/m.test((await tree.read("Gemfile.lock")) ?? "")) return undefined;
  const words = ["--junit", `--junit-filename=${file}`];
  if (!found.words.some((word) => /(^|\/)rake$/.test(word))) return { report: inFile("junit"), words };
  return { report: inFile("junit"), appended: { TESTOPTS: words.map(shellQuote).join(" ") } };
}
