import { execute, parseInput } from "../operations/execute.ts";
import type { AnyOperation } from "../operations/operation.ts";
import type { AnyCommand, Described, Session } from "./command.ts";
import { answerDocument } from "./envelope.ts";
import { takeLive } from "./live/flags.ts";
import { parseArguments } from "./parse-arguments.ts";
import { readStandardInput } from "./standard-input.ts";

/** Exit code of a valid "no". */
const noExitCode = 1;

/** The raw input of a command line, with standard input where the target takes it. */
async function rawInputOf(
  session: Session,
  target: Described,
  args: readonly string[],
): Promise<Record<string, unknown>> {
  const raw = parseArguments(target, args);
  const { stdin } = session.terminal;
  if (target.stdin === undefined || raw[target.stdin] !== undefined || stdin.isTTY === true) return raw;
  const piped = await readStandardInput(stdin, session.signal);
  // Nothing piped (an agent's /dev/null) is the same as nothing given.
  return piped === "" ? raw : { ...raw, [target.stdin]: piped };
}

/** Runs an operation and prints its answer; the exit code says yes or no. */
export async function runOperation(
  session: Session,
  operation: AnyOperation,
  args: readonly string[],
): Promise<number> {
  const { live, input: raw } = takeLive(operation, await rawInputOf(session, operation, args));
  if (live === "watch") return (await import("./live/watch.ts")).watchAnswer(session, operation, raw);
  if (live === "follow") return (await import("./live/follow.ts")).followAnswer(session, operation, raw);
  if (live === "again") return (await import("./live/again.ts")).answerAgain(session, operation, raw);
  const context = await session.contextFor(operation.name);
  let output: Record<string, unknown>;
  let now: string;
  try {
    output = await execute(operation, context, raw);
    now = context.now();
  } finally {
    // Before anything is printed: a failure here must not come after an answer.
    await context.close();
  }
  const { printer, globals, terminal } = session;
  const { colors, columns, uncut, warnings } = printer;
  // Only a terminal can be harmed by what stored text holds.
  const verbatim = terminal.stdout.isTTY === true ? undefined : operation.verbatim?.(output);
  if (globals.json) printer.answer(answerDocument(operation.kind, output, warnings));
  else if (verbatim !== undefined) printer.verbatim(verbatim);
  else printer.answer(operation.text(output, { colors, columns, uncut, now }));
  for (const command of operation.next?.(output) ?? []) printer.next(command);
  return operation.passed?.(output) === false ? noExitCode : 0;
}

/** Runs a command, which prints for itself. */
export async function runCommand(
  session: Session,
  command: AnyCommand,
  args: readonly string[],
): Promise<number> {
  const raw = await rawInputOf(session, command, args);
  return command.run(session, await parseInput(command, raw));
}
