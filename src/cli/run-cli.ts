import { Failure } from "../failure.ts";
import type { OperationEntry } from "../operations/index.ts";
import type { CliOptions, CommandEntry, Session } from "./command.ts";
import { answerDocument } from "./envelope.ts";
import { findCommand, isGroup, unknownCommand } from "./find-command.ts";
import { type Globals, readGlobals } from "./globals.ts";
import { createPrinter, type Printer } from "./printer.ts";
import { createPrompts } from "./prompt.ts";
import { reportBrokenOutput, reportError } from "./report-error.ts";

type Entry =
  | (OperationEntry & { readonly is: "operation"; readonly hidden?: boolean })
  | (CommandEntry & { readonly is: "command" });

/** Runs one command line and returns its exit code; never throws and never ends the process. */
export async function runCli(argv: readonly string[], options: CliOptions): Promise<number> {
  const { globals, rest, problem } = readGlobals(argv);
  const printer = await createPrinter(options.terminal, options.env, globals);
  let exitCode: number;
  try {
    if (problem) throw problem;
    exitCode = await dispatch(openSession(argv, options, globals, printer), rest);
  } catch (error) {
    exitCode = reportError(error, printer, globals.json, options);
  }
  await printer.flush();
  return printer.broken ? reportBrokenOutput(printer.broken, printer) : exitCode;
}

function openSession(
  argv: readonly string[],
  options: CliOptions,
  globals: Globals,
  printer: Printer,
): Session {
  const { terminal, env, signal } = options;
  const voices = once(async () => {
    const { createActivities } = await import("./live/activities.ts");
    return createActivities({ printer, terminal, env, globals });
  });
  const prompts = createPrompts(terminal, { argv, noInput: globals.noInput, env, signal });
  return {
    ...options,
    globals,
    printer,
    contextFor: async (operation, { directory, project, actor } = globals) =>
      options.openContext({
        operation,
        channel: "cli",
        directory,
        project,
        actor,
        prompts,
        signal,
        warn: (message) => {
          printer.warn(message);
        },
        progress: (message) => {
          printer.note(message);
        },
        begin: async (name, now) => (await voices())(name, now),
      }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The arguments up to the first flag: a command's name is among them. */
function leadingWords(rest: readonly string[]): readonly string[] {
  const end = rest.findIndex((argument) => argument.startsWith("-"));
  return end === -1 ? rest : rest.slice(0, end);
}

async function dispatch(session: Session, rest: readonly string[]): Promise<number> {
  const { globals, operations, commands } = session;
  if (globals.version) return showVersion(session);
  const leading = leadingWords(rest);
  const asksHelp = leading[0] === "help";
  const words = asksHelp ? leading.slice(1) : leading;
  const surplus = rest[leading.length];
  const entries: readonly Entry[] = [
    ...operations.map((entry) => ({ ...entry, is: "operation" as const })),
    ...commands.map((entry) => ({ ...entry, is: "command" as const })),
  ];
  if (words.length === 0) {
    refuseFlag(surplus, "");
    return showGroup(session, "");
  }
  const found = findCommand(words, entries);
  if (found.kind === "entry" && !asksHelp && !globals.help) {
    return runEntry(session, found.entry, rest.slice(found.words), entries);
  }
  if (found.kind === "entry") return showEntry(session, found.entry);
  if (!asksHelp && !globals.help) refuseFlag(surplus, found.group);
  return showGroup(session, found.group);
}

/** A flag that stands before any command's name belongs to none. */
function refuseFlag(argument: string | undefined, group: string): void {
  if (argument === undefined) return;
  throw new Failure("invalid_input", `Unknown flag: ${argument}`, {
    hint: `The flags of a command come after its name: ${["calm", group].join(" ").trim()} --help`,
  });
}

async function runEntry(
  session: Session,
  entry: Entry,
  args: readonly string[],
  entries: readonly Entry[],
): Promise<number> {
  const loaded = entry.is === "operation" ? await entry.load() : await entry.load();
  const next = args[0];
  if (next !== undefined && !next.startsWith("-") && !loaded.positional && isGroup(entry.name, entries)) {
    throw unknownCommand(`${entry.name} ${next}`, entries, entry.name);
  }
  const { runCommand, runOperation } = await import("./run-entry.ts");
  return "text" in loaded ? runOperation(session, loaded, args) : runCommand(session, loaded, args);
}

function showVersion({ version, globals, printer }: Session): number {
  printer.answer(globals.json ? answerDocument("version", { version }, []) : `calm ${version}`);
  return 0;
}

async function showEntry(session: Session, entry: Entry): Promise<number> {
  const { commandHelp } = await import("./command-help.ts");
  return showHelp(session, commandHelp(await entry.load(), session.printer));
}

async function showGroup(session: Session, group: string): Promise<number> {
  const { groupHelp } = await import("./group-help.ts");
  return showHelp(session, await groupHelp(session, group));
}

function showHelp({ globals, printer }: Session, text: string): number {
  printer.answer(globals.json ? answerDocument("help", { text }, []) : text);
  return 0;
}
