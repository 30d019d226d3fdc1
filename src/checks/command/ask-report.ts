import type {
  CommandDefinition,
  CommandLine,
  ReportFormat,
  Runner,
  ScriptCommand,
  TreeReader,
} from "./definition.ts";
import { type RecognisedRunner, recogniseRunner } from "./recognise.ts";
import { shellQuote } from "../../model/shell-quote.ts";

type PlainCommand = Exclude<CommandLine, ScriptCommand>;

/** A command that writes a report into calm's file. */
interface AskedCommand {
  readonly run: PlainCommand;
  /** Variables to which a text is appended after a space. */
  readonly appended: Readonly<Record<string, string>>;
  readonly format: ReportFormat;
}

/** A variable to which a text is appended, and with it a runner leaves a report. */
interface AskingVariable {
  readonly name: string;
  readonly text: string;
}

interface Asking {
  readonly format: ReportFormat;
  /** Given by the project itself, such an option would collide with ours. */
  readonly taken: RegExp;
  words?(file: string): string[];
  variable?(file: string): AskingVariable;
}

const askings: Partial<Record<Runner, Asking>> = {
  node: {
    format: "junit",
    taken: /^--test-reporter/,
    variable: nodeReport,
  },
  pytest: {
    format: "junit",
    taken: /^--junit-?xml/,
    variable: pytestReport,
  },
  vitest: {
    format: "junit",
    taken: /^--outputFile/,
    words: (file) => ["--reporter=default", "--reporter=junit", `--outputFile.junit=${file}`],
  },
  jest: {
    format: "jest",
    taken: /^--(outputFile|json)/,
    words: (file) => ["--json", `--outputFile=${file}`],
  },
  mocha: {
    format: "junit",
    taken: /^(-R|-O|--reporter)/,
    words: (file) => ["--reporter=xunit", `--reporter-option=output=${file}`],
  },
};

/** Whether calm can ask a recognised runner for a report. */
export function canAsk(found: RecognisedRunner): boolean {
  const asking = askings[found.runner];
  return asking !== undefined && !found.words.some((word) => asking.taken.test(word));
}

/** The command as it must run at a commit to leave a report in a file; undefined when no known runner ends it there. */
export async function askForReport(
  definition: CommandDefinition,
  tree: TreeReader,
  file: string,
): Promise<AskedCommand | undefined> {
  const { run } = definition;
  if (run.kind === "script") return undefined; // asked by the environment alone
  const found = await recogniseRunner(run, tree);
  const asking = askings[found.runner];
  if (!asking || !canAsk(found)) return undefined;
  const variable = asking.variable?.(file);
  const words = asking.words ? [...found.separators, ...asking.words(file)] : [];
  return {
    run: withWords(run, words),
    appended: variable ? { [variable.name]: variable.text } : {},
    format: asking.format,
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
