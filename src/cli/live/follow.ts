import { setTimeout as sleep } from "node:timers/promises";
import { parseInput } from "../../operations/execute.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import type { Session } from "../command.ts";
import { answerDocument } from "../envelope.ts";
import { signalExitCode } from "../report-error.ts";

/** Milliseconds between two questions for what is new. */
const pause = 500;

/**
 * Prints an operation's answer, and then whatever comes after it, until a signal comes or the reader goes away. One
 * Context stays open: between two questions it holds no lock and no snapshot of the database.
 */
export async function followAnswer(
  session: Session,
  operation: AnyOperation,
  raw: Record<string, unknown>,
): Promise<number> {
  const { printer, signal } = session;
  let input = await parseInput(operation, raw);
  const context = await session.contextFor(operation.name);
  let flow: "begins" | "continues" = "begins";
  try {
    while (!printer.readerGone) {
      const output = await operation.run(context, input);
      const following = operation.follow?.(output, input);
      if (following === undefined || following.news) {
        show(session, operation, output, { now: context.now(), flow });
        await printer.flush();
        flow = "continues";
      }
      input = following?.input ?? input;
      await sleep(pause, undefined, { signal });
    }
    return 0;
  } catch (error) {
    // Ctrl-C is how it ends, and no failure.
    if (signal.aborted) return signalExitCode(signal);
    throw error;
  } finally {
    await context.close();
  }
}

function show(
  { printer, globals }: Session,
  operation: AnyOperation,
  output: Record<string, unknown>,
  moment: { readonly now: string; readonly flow: "begins" | "continues" },
): void {
  const { colors, columns, uncut, warnings } = printer;
  printer.answer(
    globals.json
      ? answerDocument(operation.kind, output, warnings)
      : operation.text(output, { colors, columns, uncut, ...moment }),
  );
}
