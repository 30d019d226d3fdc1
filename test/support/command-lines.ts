import * as z from "zod/mini";
import type { Described } from "../../src/cli/command.ts";
import { findCommand, type Named } from "../../src/cli/find-command.ts";
import { readGlobals } from "../../src/cli/globals.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";

/** Splits an example as a shell would; quotes and backslashes, no expansion. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, one?: string) =>
        double !== undefined ? double.replaceAll(/\\(["\\$`])/g, "$1") : (single ?? one ?? ""),
    ),
  );
}

/** The part of an example that is calm's own line: without what pipes into it, or where it goes. */
export function ownWords(example: string): { words: string[]; piped: boolean } {
  const substituted = /\$\((calm [^)]*)\)/.exec(example);
  const all = shellWords(substituted?.[1] ?? example);
  const start = all.indexOf("calm");
  const end = all.findIndex((word, index) => index > start && /^([|;&<]|\d?>)/.test(word));
  const words = all.slice(start + 1, end === -1 ? undefined : end);
  return { words, piped: start > 0 || all[end]?.startsWith("<") === true };
}

/** The words of calm's own line behind the name of its command, without global flags. */
function argumentsOf(line: string, entries: readonly Named[]): { name: string; args: readonly string[] } {
  const { rest, problem } = readGlobals(ownWords(line).words);
  if (problem) throw problem;
  const found = findCommand(
    rest.filter((word) => !word.startsWith("-")),
    entries,
  );
  if (found.kind === "group") throw new Error(`${found.group} is only a group of commands`);
  return { name: found.entry.name, args: rest.slice(found.words) };
}

/** The name of the command that a line runs, or why there is none. */
export function commandOf(line: string, entries: readonly Named[]): string {
  try {
    return argumentsOf(line, entries).name;
  } catch (error) {
    return String(error);
  }
}

/** Why the command of a line would not take its arguments; undefined when it would. */
export function lineProblem(line: string, target: Described, entries: readonly Named[]): string | undefined {
  try {
    const raw = parseArguments(target, argumentsOf(line, entries).args);
    const stdin = ownWords(line).piped && target.stdin !== undefined ? { [target.stdin]: "piped text" } : {};
    const parsed = z.safeParse(target.input, { ...stdin, ...raw });
    return parsed.success ? undefined : parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  } catch (error) {
    return String(error);
  }
}
