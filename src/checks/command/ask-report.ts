import type { CommandDefinition, CommandLine, ReportFormat, Runner, TreeReader } from "./definition.ts";
import { type RecognisedRunner, recogniseRunner } from "./recognise.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import { type PythonHook, unittestHook } from "./unittest-report.ts";

/** A command that writes a report into calm's file. */
interface AskedCommand {
  readonly run: CommandLine;
  /** Variables to which a text is appended after a space. */
  readonly appended: Readonly<Record<string, string>>;
  readonly format: ReportFormat;
  /** Files to write first, by their full paths, and variables that take the place of the definition's. */
  readonly hook?: PythonHook;
}

interface Asking {
  readonly format: ReportFormat;
  /** Given by the project itself, such an option would collide with ours. */
  readonly taken: RegExp;
  words?(file: string): string[];
  variable?(file: string): { name: string; text: string };
  hook?(file: string, pythonPath: string | undefined): PythonHook;
}

const askings: Partial<Record<Runner, Asking>> = {
  node: {
    format: "junit",
    taken: /^--test-reporter/,
    variable: (file) => ({ name: "NODE_OPTIONS", text: nodeOptions(file) }),
  },
  pytest: {
    format: "junit",
    taken: /^--junit-?xml/,
    variable: (file) => ({ name: "PYTEST_ADDOPTS", text: `--junit-xml=${shellQuote(file)}` }),
  },
  // Told to look at no variables or to load no site, Python would not see the hook.
  unittest: { format: "junit", taken: /^-[a-z]*[EIS]/, hook: unittestHook },
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
  if (asking === undefined || (found.closed && asking.words)) return false;
  return !found.words.some((word) => asking.taken.test(word));
}

/** The command as it must run at a commit to leave a report in a file; undefined when no known runner ends it there. */
export async function askForReport(
  definition: CommandDefinition,
  tree: TreeReader,
  file: string,
): Promise<AskedCommand | undefined> {
  const found = await recogniseRunner(definition.run, tree);
  const asking = askings[found.runner];
  if (!asking || !canAsk(found)) return undefined;
  const variable = asking.variable?.(file);
  const words = asking.words ? [...found.separators, ...asking.words(file)] : [];
  return {
    run: withWords(definition.run, words),
    appended: variable ? { [variable.name]: variable.text } : {},
    format: asking.format,
    ...(asking.hook && { hook: asking.hook(file, definition.env["PYTHONPATH"]) }),
  };
}

function withWords(run: CommandLine, words: readonly string[]): CommandLine {
  if (words.length === 0) return run;
  if (run.kind === "argv") return { kind: "argv", argv: [...run.argv, ...words] };
  return { kind: "shell", line: [run.line.trimEnd(), ...words.map(shellQuote)].join(" ") };
}

// Node reads quoted values in NODE_OPTIONS; the second reporter keeps the log readable.
function nodeOptions(file: string): string {
  const quoted = `"${file.replace(/["\\]/g, "\\$&")}"`;
  return [
    "--test-reporter=junit",
    `--test-reporter-destination=${quoted}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
  ].join(" ");
}
