import { createHash } from "node:crypto";
import type { TreeFile } from "../../git/git.ts";
import type { reportFormats } from "../../model/config.ts";

/** The folder-by-folder content of one commit; never the working tree. */
export interface TreeReader {
  /** Names directly below a folder ("" = root); folders end with `/`. */
  list(folder: string): Promise<readonly string[]>;
  /** The text of a file; undefined when there is none. */
  read(path: string): Promise<string | undefined>;
}

/** The test runners that calm can tell apart. */
export type Runner =
  | ("node" | "vitest" | "jest" | "mocha" | "ava" | "pytest" | "unittest" | "cargo" | "nextest" | "go")
  | ("maven" | "gradle" | "phpunit" | "rspec" | "minitest" | "bats" | "unknown");

/** The formats of reports that calm can count. */
export type ReportFormat = (typeof reportFormats)[number];

/** Where a definition comes from; `note` says what was recognised. */
export interface DefinitionSource {
  readonly kind: "config" | "detected" | "original";
  readonly file: string;
  readonly note?: string;
  /** The branch whose copy counts, where another one's is never looked at. */
  readonly branch?: string;
}

/** A gate script of the original's: it is copied out of the default branch with all that lies beside it. */
export interface ScriptCommand {
  readonly kind: "script";
  readonly path: string;
  /** Everything that is copied, the script included: together they are what runs. */
  readonly files: readonly TreeFile[];
  /** The command to configure where nobody can count what the script has run. */
  readonly instead: string;
}

/** What is started: a line for `sh -c`, a program with its arguments, or a gate script of the original's. */
export type CommandLine =
  | { readonly kind: "shell"; readonly line: string }
  | { readonly kind: "argv"; readonly argv: readonly string[] }
  | ScriptCommand;

/** How the tests are counted: calm asks the runner, the project says where the report is, or not at all. */
export type ReportSource =
  | { readonly kind: "asked" }
  | { readonly kind: "file"; readonly format: ReportFormat; readonly path: string }
  | { readonly kind: "output"; readonly format: ReportFormat }
  | { readonly kind: "none" };

/** A check that runs a command. */
export interface CommandDefinition {
  readonly check: string;
  readonly source: DefinitionSource;
  readonly run: CommandLine;
  readonly runner: Runner;
  readonly report: ReportSource;
  /** Tests that must have run; 0 only where the project spelled it out. */
  readonly minTests: number;
  readonly allowSkipped: number | undefined;
  readonly timeoutMs: number;
  /** Bytes of the log after which it is cut; undefined = 200 MB. No part of what the check demands. */
  readonly logLimit: number | undefined;
  /** True when a pass needs counted tests; linters and type checkers only need exit 0. */
  readonly isTests: boolean;
  readonly proveRegression: boolean;
  /** Variables of this command alone; a PYTHONPATH is relative to the room. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder below the root in which the command runs, without `/` at its end; "" = the root. */
  readonly folder: string;
  /** Globs of the files that the verdict depends on; undefined = the whole tree. */
  readonly inputs: readonly string[] | undefined;
  /** How often the command is run again after a failure. */
  readonly retries: number;
}

/** A check that does not apply to the project, and why. */
export interface InapplicableCheck {
  readonly check: string;
  readonly source: DefinitionSource;
  readonly none: string;
}

/** A check that the project should have, but calm does not know how to run; it fails. */
export interface UnrecognisedCheck {
  readonly check: string;
  readonly source: DefinitionSource;
  readonly unrecognised: string;
}

/** What is known about a command check. */
export type CheckDefinition = CommandDefinition | InapplicableCheck | UnrecognisedCheck;

/** The check that a part belongs to: `tests` of `tests:web`, and of `tests`. */
export function checkOfPart(name: string): string {
  return name.split(":")[0] ?? name;
}

/** A check's name as that of a file: a `/` would be a folder, and a `:` ends one in lists such as PYTHONPATH. */
export function fileNameOf(check: string): string {
  return check.replaceAll(":", "-").replaceAll("/", "+");
}

/** The checks that stand behind a name in a gate: the one of that name, and its parts. */
export function partsOf(checks: ReadonlyMap<string, CheckDefinition>, name: string): CheckDefinition[] {
  return [...checks.values()].filter(({ check }) => check === name || check.startsWith(`${name}:`));
}

/** Milliseconds that a command may take where the project says nothing. */
export const defaultTimeout = 20 * 60_000;

/** True for a check that runs a command. */
export function runsCommand(definition: CheckDefinition): definition is CommandDefinition {
  return "run" in definition;
}

/** Text of a command for people: the line itself, or the words joined by spaces. */
export function commandText(run: CommandLine): string {
  if (run.kind === "script") return run.path;
  return run.kind === "shell" ? run.line : run.argv.join(" ");
}

/** Text of where a definition comes from. */
export function sourceText({ kind, file, branch }: DefinitionSource): string {
  if (kind !== "original") return `${kind}: ${file}`;
  return `original${file.endsWith(".json") ? "" : " script"}: ${file} (${branch ?? ""})`;
}

/** SHA-256 (hex) of what a check demands, without its name and source: equal demands share verdicts. */
export function definitionHash(definition: CheckDefinition): string {
  const demands: Record<string, unknown> = { ...definition };
  delete demands["check"];
  delete demands["source"];
  delete demands["logLimit"];
  return createHash("sha256").update(canonicalJson(demands)).digest("hex");
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
