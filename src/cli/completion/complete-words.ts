import type { Described, Session } from "../command.ts";
import { canBeNegated, type Field } from "../fields.ts";
import { findCommand } from "../find-command.ts";
import { globalFlags, readGlobals } from "../globals.ts";
import { lineFields } from "../live/flags.ts";
import { flagFields, positionalFields } from "../usage.ts";
import { valuesOf } from "./live-values.ts";
import {
  type Candidate,
  type CompletionFacts,
  candidateLines,
  directoriesOnly,
  type FlagCandidates,
} from "./tab.ts";

/** The command that is being completed. */
interface Current {
  readonly name: string;
  readonly target: Described;
}

/** The word under the cursor and the one before it. */
interface Cursor {
  readonly word: string;
  readonly before: string;
}

/** What a person may type. */
type Entry = Session["operations"][number] | Session["commands"][number];

function visibleEntries(session: Session): readonly Entry[] {
  return [...session.operations, ...session.commands.filter((entry) => entry.hidden !== true)];
}

/** The command that the finished words name; undefined while they name none. */
async function commandOf(session: Session, finished: readonly string[]): Promise<Current | undefined> {
  const words = finished.filter((word) => !word.startsWith("-"));
  try {
    const found = findCommand(words, visibleEntries(session));
    if (found.kind === "group") return undefined;
    return { name: found.entry.name, target: await found.entry.load() };
  } catch {
    // An unknown command has nothing to complete but commands.
    return undefined;
  }
}

/** Every command, and before them their groups, which are described by what is in them. */
function commandCandidates(session: Session): Candidate[] {
  const names = visibleEntries(session).map(({ name }) => name);
  const groups = new Set(names.flatMap((name) => (name.includes(" ") ? (name.split(" ")[0] ?? []) : [])));
  const verbs = (group: string): string =>
    names.flatMap((name) => (name.startsWith(`${group} `) ? name.slice(group.length + 1) : [])).join(", ");
  return [
    ...[...groups]
      .filter((group) => !names.includes(group))
      .map((group) => ({ value: group, description: verbs(group) })),
    ...names.map((name) => ({ value: name, description: session.summaries?.[name] ?? "" })),
  ];
}

/** The values of a flag under the cursor; those already in a comma list stand before each candidate. */
async function flagValues(
  session: Session,
  field: Field,
  { name }: Current,
  cursor: Cursor,
): Promise<readonly Candidate[]> {
  const inline = `--${field.flag}=`;
  const typed = cursor.word.startsWith(inline) ? cursor.word.slice(inline.length) : undefined;
  if (typed === undefined && cursor.before !== `--${field.flag}`) return [];
  const values = await valuesOf(session, field, name);
  const text = typed ?? cursor.word;
  const given = field.list ? text.slice(0, text.lastIndexOf(",") + 1) : "";
  return values.map(({ value, description }) => ({ value: `${given}${value}`, description }));
}

async function flagCandidates(session: Session, current: Current, cursor: Cursor): Promise<FlagCandidates[]> {
  const fields = flagFields(lineFields(current.target), current.target.positional);
  const all = fields.map(async (field): Promise<FlagCandidates[]> => {
    const { flag, description = "" } = field;
    if (field.kind !== "boolean") {
      return [{ flag, description, values: await flagValues(session, field, current, cursor) }];
    }
    const one = { flag, description, values: undefined };
    return canBeNegated(field) ? [one, { ...one, flag: `no-${flag}` }] : [one];
  });
  return (await Promise.all(all)).flat();
}

async function factsOf(session: Session, line: readonly string[]): Promise<CompletionFacts> {
  const commands = commandCandidates(session);
  const cursor = { word: line.at(-1) ?? "", before: line.at(-2) ?? "" };
  const current = await commandOf(session, line.slice(0, -1));
  if (!current) return { commands, current: "", flags: [], positionals: [], rest: false };
  const { name, target } = current;
  const flags = await flagCandidates(session, current, cursor);
  const positional = positionalFields(lineFields(target), target.positional);
  // Each lookup may open the database: none where a flag or its value is being typed.
  const atFlag =
    cursor.word.startsWith("-") || flags.some((one) => one.values && cursor.before === `--${one.flag}`);
  const positionals = await Promise.all(
    positional.map(async (field) => (atFlag ? [] : valuesOf(session, field, name))),
  );
  return { commands, current: name, flags, positionals, rest: positional.at(-1)?.list === true };
}

/** A finished `--flag=value` as two words: the library would take the next word for its value. */
function untie(word: string): string[] {
  const equals = word.indexOf("=");
  return word.startsWith("--") && equals > 0 ? [word.slice(0, equals), word.slice(equals + 1)] : [word];
}

/** Answers a shell: the lines that its script expects for these words, the last one unfinished. */
export async function completeWords(session: Session, words: readonly string[]): Promise<string> {
  const finished = words.slice(0, -1).flatMap(untie);
  const before = finished.at(-1) ?? "";
  if (before === "-C") return directoriesOnly;
  // The value of a global flag is being typed: the flag must stay on the line.
  const atGlobal = globalFlags.some(({ flag, value }) => value !== undefined && before === `--${flag}`);
  const { globals, rest } = readGlobals(atGlobal ? finished.slice(0, -1) : finished);
  const line = [...rest, ...(atGlobal ? [before] : []), words.at(-1) ?? ""];
  // The line's own -C and --project say where to look for values.
  const there: Session = { ...session, contextFor: (operation) => session.contextFor(operation, globals) };
  return candidateLines(await factsOf(there, line), line);
}
