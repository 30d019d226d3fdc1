import { parseArgs } from "node:util";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { splitList } from "../model/task.ts";
import type { Described } from "./command.ts";
import { canBeNegated, type Field } from "./fields.ts";
import { globalFlags, looksLikeFlag } from "./globals.ts";
import { lineFields } from "./live/flags.ts";
import { flagFields, positionalFields, usageLine } from "./usage.ts";

type Options = Record<string, { type: "string" | "boolean"; multiple?: boolean }>;
type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** One command line while it is read. */
interface Reading {
  readonly target: Described;
  readonly fields: readonly Field[];
  readonly flags: readonly Field[];
  readonly args: readonly string[];
  readonly values: Record<string, unknown>;
}

function usage(message: string, hint: string): Failure {
  return new Failure("invalid_input", message, { hint });
}

function optionsFor(flags: readonly Field[]): Options {
  const options: Options = {};
  for (const field of flags) {
    options[field.flag] = { type: field.kind === "boolean" ? "boolean" : "string", multiple: true };
    if (canBeNegated(field)) options[`no-${field.flag}`] = { type: "boolean" };
  }
  return options;
}

function unknownFlag(reading: Reading, token: OptionToken): Failure {
  const { target, fields, args } = reading;
  const raw = args[token.index] ?? token.rawName;
  const positional = positionalFields(fields, target.positional).map((one) => one.flag);
  if (!raw.startsWith("--")) {
    // Only words may follow the hyphens: flags behind the value have to come before.
    const last = args.slice(token.index + 1).some((word) => word.startsWith("-"));
    const line = last ? [...args.toSpliced(token.index, 1), "--", raw] : args.toSpliced(token.index, 0, "--");
    return usage(
      `Unknown flag: ${raw}`,
      `A value that begins with a hyphen comes after --: calm ${target.name} ${line.map(shellQuote).join(" ")}`,
    );
  }
  const flags = [...Object.keys(optionsFor(reading.flags)), ...globalFlags.map((one) => one.flag)];
  const near = closest(token.name, [...flags.filter((flag) => flag !== ""), ...positional]);
  const help = `calm ${target.name} --help`;
  if (near === undefined) return usage(`Unknown flag: --${token.name}`, help);
  if (!flags.includes(near)) {
    const line = usageLine(target.name, fields, target.positional);
    return usage(`Unknown flag: --${token.name}`, `<${near}> is given by position: ${line}`);
  }
  return usage(`Unknown flag: --${token.name}`, `Did you mean --${near}? See: ${help}`);
}

/** The value of a flag that takes one; text that looks like a flag must be tied on with `=`. */
function valueOf(reading: Reading, field: Field, token: OptionToken): string {
  const { value } = token;
  const label = `--${field.flag}`;
  if (value === undefined) throw usage(`${label} needs a value`, `calm ${reading.target.name} --help`);
  const negative = field.kind === "number" && /^-\d/.test(value);
  if (!token.inlineValue && looksLikeFlag(value) && !negative) {
    throw usage(`${label} needs a value`, `If ${value} is the value, write ${label}=${value}`);
  }
  return value;
}

function toNumber(text: string, label: string, target: Described): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage(`${label} is a number; not ${JSON.stringify(text.slice(0, 80))}`, `calm ${target.name} --help`);
}

function convert(reading: Reading, field: Field, text: string, label: string): string | number {
  return field.kind === "number" ? toNumber(text, label, reading.target) : text;
}

function readFlag(reading: Reading, token: OptionToken): void {
  const { flags, values } = reading;
  const negated = flags.find((one) => canBeNegated(one) && `no-${one.flag}` === token.name);
  const field = flags.find((one) => one.flag === token.name) ?? negated;
  if (!field || !token.rawName.startsWith("--")) throw unknownFlag(reading, token);
  if (field.kind === "boolean") {
    if (token.value !== undefined) {
      throw usage(`--${token.name} takes no value`, `calm ${reading.target.name} --help`);
    }
    values[field.name] = token.name === field.flag;
    return;
  }
  const label = `--${field.flag}`;
  const value = valueOf(reading, field, token);
  if (!field.list) {
    values[field.name] = convert(reading, field, value, label);
    return;
  }
  const before = (values[field.name] ?? []) as unknown[];
  values[field.name] = [...before, ...splitList(value).map((part) => convert(reading, field, part, label))];
}

/** Gives the words without a flag to the fields in their order; a list takes all that are left. */
function readPositionals(reading: Reading, words: readonly string[]): void {
  const { target, fields, values } = reading;
  let at = 0;
  for (const field of positionalFields(fields, target.positional)) {
    if (at >= words.length) return;
    const label = `<${field.flag}>`;
    const taken = field.list ? words.slice(at) : words.slice(at, at + 1);
    const converted = taken.map((word) => convert(reading, field, word, label));
    values[field.name] = field.list ? converted : converted[0];
    at += taken.length;
  }
  const extra = words[at];
  if (extra === undefined) return;
  throw usage(`Unexpected argument: ${extra}`, `Usage: ${usageLine(target.name, fields, target.positional)}`);
}

/** Reads the flags of a line, and gives the words that are left. */
function readFlags(reading: Reading): readonly string[] {
  // Not strict: parseArgs' own messages know neither did-you-mean nor calm's hints.
  const { tokens } = parseArgs({
    args: [...reading.args],
    options: optionsFor(reading.flags),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option") readFlag(reading, token);
    else if (token.kind === "positional") words.push(token.value);
  }
  return words;
}

/** Turns the arguments behind a command's name into the raw input of its schema. */
export function parseArguments(target: Described, args: readonly string[]): Record<string, unknown> {
  const fields = lineFields(target);
  const flags = flagFields(fields, target.positional);
  const reading: Reading = { target, fields, flags, args, values: {} };
  // Words alone are what they are, and most lines of agents are; node's parser costs a start 1 ms.
  readPositionals(reading, args.some((word) => word.startsWith("-")) ? readFlags(reading) : args);
  return reading.values;
}
