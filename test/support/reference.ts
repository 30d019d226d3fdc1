import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Described } from "../../src/cli/command.ts";
import { commandHelp } from "../../src/cli/command-help.ts";
import { globalRows, helpSections } from "../../src/cli/help-page.ts";
import { operations } from "../../src/operations/index.ts";
import type { AnyOperation } from "../../src/operations/operation.ts";
import { plainColors } from "../../src/text/colors.ts";
import { refusalsOf } from "./refusals.ts";
import { parseTranscript } from "./transcript.ts";

const page = { colors: plainColors, columns: 110 };
const transcripts = join(import.meta.dirname, "../transcripts");
const longestExcerpt = 14;

const steps = readdirSync(transcripts)
  .filter((name) => name.endsWith(".txt"))
  .sort()
  .flatMap((name) => parseTranscript(readFileSync(join(transcripts, name), "utf8")));

/** What the help page of a command says of itself alone. */
function ownHelp(target: Described): string {
  const paragraphs = commandHelp(target, page).split("\n\n");
  return paragraphs.filter((text) => !/^(Global flags|Exit codes)\n/.test(text)).join("\n\n");
}

const names = operations.map((one) => one.name).sort((a, b) => b.length - a.length);

/** The operation that a step runs. */
function nameOf(command: string): string | undefined {
  const line = /calm (.*)/.exec(command)?.[1];
  return names.find((name) => line === name || line?.startsWith(`${name} `));
}

/** One run of a command that a transcript holds: the shortest that did what was asked. */
function excerptOf(name: string): string[] {
  const runs = steps
    .filter(({ command }) => nameOf(command) === name)
    .filter(({ command, expected }) => !command.includes("--json") && !/^\? /.test(expected.at(-1) ?? ""))
    .filter(({ expected }) => expected.length <= longestExcerpt);
  const run = runs.find(({ expected }) => expected.length > 0) ?? runs[0];
  return run === undefined ? [] : ["```console", `$ ${run.command}`, ...run.expected, "```", ""];
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  return [schema.type ?? "any"].flat().join(" or ");
}

/** The keys of a command's data, in one sentence. */
function dataOf({ kind, output }: AnyOperation): string {
  const schema = z.toJSONSchema(output, { io: "output" }) as JsonSchema;
  const keys = Object.entries(schema.properties ?? {}).map(([key, one]) => `\`${key}\` (${typeOf(one)})`);
  return `\`--json\`: kind \`${kind}\`; data: ${keys.join(", ")}.`;
}

/** The chapter of one command in docs/cli.md. */
export function chapterOf(target: AnyOperation | Described): string[] {
  const lines = [`## calm ${target.name}`, "", "```text", ownHelp(target), "```", ""];
  lines.push(...excerptOf(target.name));
  if (!("output" in target)) return lines;
  const codes = refusalsOf(target.name).map((code) => `\`${code}\``);
  lines.push(dataOf(target), "");
  if (codes.length > 0) lines.push(`Refusals: ${codes.join(", ")}.`, "");
  return lines;
}

/** The flags that every command takes. */
export function globalFlagsText(): string {
  return helpSections([{ title: "Global flags", rows: globalRows }], page).join("\n");
}
