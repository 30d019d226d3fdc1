import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../failure.ts";
import type { OpenContext } from "../../operations/open-context.ts";
import { parseInput } from "../../operations/execute.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import type { Session } from "../command.ts";
import { answerDocument } from "../envelope.ts";
import { signalExitCode } from "../report-error.ts";

/** Milliseconds between two looks for new content, and for an obstacle that has gone: that one asks git. */
const pause = 1000;
const obstaclePause = 2000;

/**
 * Answers for each new content, one after the other, until a signal comes or the reader goes away. What cannot be
 * looked at yet is told once and waited for; a failure ends it.
 */
export async function answerAgain(
  session: Session,
  operation: AnyOperation,
  raw: Record<string, unknown>,
): Promise<number> {
  const { printer, signal } = session;
  const input = await parseInput(operation, raw);
  const looking = await session.contextFor(operation.name);
  let answered: string | undefined;
  let told: string | undefined;
  try {
    while (!printer.readerGone) {
      const content = await operation.again?.content(looking, input);
      const fresh = content !== answered;
      const obstacle = fresh ? await operation.again?.obstacle(looking, input) : undefined;
      if (obstacle !== undefined && obstacle !== told) printer.note(`waiting: ${obstacle}`);
      told = obstacle;
      if (fresh && obstacle === undefined) {
        if (await tryToAnswer(session, operation, looking, input)) answered = content;
        await printer.flush();
      }
      await sleep(told === undefined ? pause : obstaclePause, undefined, { signal });
    }
    return 0;
  } catch (error) {
    // Ctrl-C is how it ends, and no failure.
    if (signal.aborted) return signalExitCode(signal);
    throw error;
  } finally {
    await looking.close();
  }
}

/** Answers, unless something came in the way between the look and the run; that is waited for as well. */
async function tryToAnswer(
  session: Session,
  operation: AnyOperation,
  looking: OpenContext,
  input: Record<string, unknown>,
): Promise<boolean> {
  try {
    await answer(session, operation, input);
    return true;
  } catch (error) {
    if (error instanceof Failure && (await operation.again?.obstacle(looking, input)) !== undefined)
      return false;
    throw error;
  }
}

/** Runs the operation once, as a command of its own would: what the last run opened may be hours old. */
async function answer(
  session: Session,
  operation: AnyOperation,
  input: Record<string, unknown>,
): Promise<void> {
  const { printer, globals } = session;
  const warned = printer.warnings.length;
  const context = await session.contextFor(operation.name);
  let output: Record<string, unknown>;
  let now: string;
  try {
    output = await operation.run(context, input);
    now = context.now();
  } finally {
    await context.close();
  }
  const { colors, columns, uncut, warnings } = printer;
  printer.answer(
    globals.json
      ? answerDocument(operation.kind, output, warnings.slice(warned))
      : operation.text(output, { colors, columns, uncut, now }),
  );
  for (const command of operation.next?.(output) ?? []) printer.next(command);
}
