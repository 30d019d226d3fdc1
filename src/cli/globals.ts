import { Failure } from "../failure.ts";
import { type ColorChoice, colorChoices } from "./terminal.ts";

/** The flags that stand anywhere on the line of any command. */
export interface Globals {
  readonly help: boolean;
  readonly version: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noInput: boolean;
  readonly directory: string | undefined;
  readonly project: string | undefined;
  readonly actor: string | undefined;
  readonly color: ColorChoice;
}

/** A global flag as help and completion show it. */
interface GlobalFlag {
  readonly flag: string;
  readonly short?: string;
  /** The name of its value; none = it takes none. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly description: string;
}

/** Every global flag, in the order of help. */
export const globalFlags: readonly GlobalFlag[] = [
  { flag: "help", short: "h", description: "Show help" },
  { flag: "version", description: "Show the version of calm" },
  { flag: "json", description: "Answer with one JSON document" },
  { flag: "quiet", description: "Nothing on stderr but errors" },
  { flag: "no-input", description: "Never ask" },
  { flag: "", short: "C", value: "dir", description: "Run as if started in this directory" },
  { flag: "project", value: "project", description: "Name, path or id of the project" },
  { flag: "actor", value: "name", description: "Who acts, for the record" },
  { flag: "color", value: "when", choices: colorChoices, description: "When to use colours (default: auto)" },
];

/** What was found of the global flags, and the line without them. */
interface GlobalsFound {
  readonly globals: Globals;
  readonly rest: readonly string[];
  /** Told only after `--json` and `--quiet` are known. */
  readonly problem: Failure | undefined;
}

/** True for an argument that can only be meant as a flag: `-x`, `--name`, `--name=value`. */
export function looksLikeFlag(argument: string): boolean {
  return /^--?[A-Za-z0-9][\w-]*(=|$)/.test(argument);
}

interface Scan {
  readonly switches: Set<string>;
  readonly values: Map<string, string>;
  readonly rest: string[];
  problem: Failure | undefined;
}

const usageHint = "calm --help";

function fail(scan: Scan, message: string): void {
  scan.problem ??= new Failure("invalid_input", message, { hint: usageHint });
}

/** Takes a global flag at this place of the line; the number of arguments used, 0 = it is none. */
function take(argv: readonly string[], at: number, scan: Scan): number {
  const argument = argv[at] ?? "";
  const equals = argument.indexOf("=");
  const name = argument.startsWith("--") && equals > 0 ? argument.slice(0, equals) : argument;
  const flag = globalFlags.find(
    (one) => (one.flag !== "" && name === `--${one.flag}`) || (one.short && name === `-${one.short}`),
  );
  if (!flag) return 0;
  if (flag.value === undefined) {
    if (equals > 0) fail(scan, `${name} takes no value`);
    scan.switches.add(flag.flag);
    return 1;
  }
  const inline = equals > 0 ? argument.slice(equals + 1) : undefined;
  const value = inline ?? argv[at + 1];
  if (value === undefined || value === "" || (inline === undefined && looksLikeFlag(value))) {
    fail(scan, `${name} needs a value`);
    return 1;
  }
  scan.values.set(flag.flag, value);
  return inline === undefined ? 2 : 1;
}

function colorOf(scan: Scan): ColorChoice {
  const asked = scan.values.get("color") ?? "auto";
  const choice = colorChoices.find((one) => one === asked);
  if (!choice) fail(scan, `--color is one of ${colorChoices.join(", ")}; not ${JSON.stringify(asked)}`);
  return choice ?? "auto";
}

/** Takes the global flags out of a command line, wherever they stand before `--`. */
export function readGlobals(argv: readonly string[]): GlobalsFound {
  const scan: Scan = { switches: new Set(), values: new Map(), rest: [], problem: undefined };
  let at = 0;
  while (at < argv.length) {
    if (argv[at] === "--") {
      scan.rest.push(...argv.slice(at));
      break;
    }
    const used = take(argv, at, scan);
    if (used === 0) scan.rest.push(argv[at] ?? "");
    at += used || 1;
  }
  const globals: Globals = {
    help: scan.switches.has("help"),
    version: scan.switches.has("version"),
    json: scan.switches.has("json"),
    quiet: scan.switches.has("quiet"),
    noInput: scan.switches.has("no-input"),
    directory: scan.values.get(""),
    project: scan.values.get("project"),
    actor: scan.values.get("actor"),
    color: colorOf(scan),
  };
  return { globals, rest: scan.rest, problem: scan.problem };
}
