import type { Readable, Writable } from "node:stream";
import type { Environment } from "../context.ts";

/** Where calm reads from. */
export type Input = Readable & { readonly isTTY?: boolean | undefined };

/** Where calm writes to. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** The three streams; getters may open them on first use, since a process pays for each. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** The choices of `--color`. */
export const colorChoices = ["auto", "always", "never"] as const;

/** When to use colours. */
export type ColorChoice = (typeof colorChoices)[number];

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";
const isOff = (value: string | undefined): boolean => value === "0" || value === "false";

/** Whether a stream gets colours: the flag, then NO_COLOR, FORCE_COLOR, TERM, CI, then the stream itself. */
export function wantsColor(stream: Output, choice: ColorChoice, env: Environment): boolean {
  if (choice !== "auto") return choice === "always";
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"])) return !isOff(env["FORCE_COLOR"]);
  if (env["TERM"] === "dumb") return false;
  if (isSet(env["CI"]) && !isOff(env["CI"])) return false;
  return stream.isTTY === true;
}

const defaultColumns = 80;
const fewestColumns = 20;

/** The width that COLUMNS asks for; 0 = none. */
function askedColumns(env: Environment): number {
  const asked = env["COLUMNS"] ?? "";
  return /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
}

/** True where no line has to fit: into a file or a pipe, whose reader wants all of a title. */
export function isUncut(stream: Output, env: Environment): boolean {
  return stream.isTTY !== true && askedColumns(env) === 0;
}

/** The width that renderers may use: COLUMNS, then the terminal's own, then 80. */
export function columnsOf(stream: Output, env: Environment): number {
  const columns = askedColumns(env);
  if (columns > 0) return Math.max(fewestColumns, columns);
  const own = stream.isTTY === true ? (stream.columns ?? 0) : 0;
  return own > 0 ? Math.max(fewestColumns, own) : defaultColumns;
}
