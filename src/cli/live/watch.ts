import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../failure.ts";
import { parseInput } from "../../operations/execute.ts";
import type { OpenContext } from "../../operations/open-context.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import type { Text } from "../../text/text.ts";
import type { Session } from "../command.ts";
import { signalExitCode } from "../report-error.ts";
import { columnsOf } from "../terminal.ts";
import { watchSeconds } from "./flags.ts";
import { createScreen } from "./screen.ts";

/** What is on the screen: the last answer, and why there is no newer one. */
interface Shown {
  readonly draw: (text: Text) => string;
  readonly now: string;
  readonly problem: string | undefined;
}

/** Keeps an operation's answer on the screen, asked for anew every few seconds, until a signal comes. */
export async function watchAnswer(
  session: Session,
  operation: AnyOperation,
  raw: Record<string, unknown>,
): Promise<number> {
  requireScreen(session, operation.name);
  const { printer, signal, terminal } = session;
  const input = await parseInput(operation, raw);
  const screen = createScreen(session);
  let shown: Shown | undefined;
  const redraw = (): void => {
    if (shown) screen.show(linesOf(session, shown), footerOf(operation.name, shown));
  };
  let context = await session.contextFor(operation.name);
  terminal.stdout.on("resize", redraw);
  try {
    while (!printer.readerGone) {
      const next = await look(operation, context, input, shown);
      if (next.problem !== undefined) context = await reopen(session, operation, context);
      shown = next;
      redraw();
      await printer.flush();
      await sleep(watchSeconds * 1000, undefined, { signal });
    }
    return 0;
  } catch (error) {
    // Ctrl-C is how it ends, and no failure.
    if (signal.aborted) return signalExitCode(signal);
    throw error;
  } finally {
    terminal.stdout.off("resize", redraw);
    screen.close();
    await context.close();
  }
}

/** A new answer; where there is none, the last one with the reason. The first must succeed. */
async function look(
  operation: AnyOperation,
  context: OpenContext,
  input: Record<string, unknown>,
  last: Shown | undefined,
): Promise<Shown> {
  try {
    const output = await operation.run(context, input);
    return { draw: (text) => operation.text(output, text), now: context.now(), problem: undefined };
  } catch (error) {
    if (!(error instanceof Failure) || last === undefined) throw error;
    return { ...last, problem: error.message };
  }
}

/** What failed may have been the database itself, which somebody is putting back. */
async function reopen(session: Session, { name }: AnyOperation, old: OpenContext): Promise<OpenContext> {
  await old.close();
  return session.contextFor(name);
}

function linesOf({ printer, terminal, env }: Session, { draw, now, problem }: Shown): string[] {
  const { colors } = printer;
  // Asked for each time: the window may have another size by now.
  const columns = columnsOf(terminal.stdout, env);
  const error = problem === undefined ? [] : [colors.red(`error: ${problem}`)];
  return [...error, ...draw({ colors, columns, now }).split("\n")];
}

function footerOf(name: string, { now }: Shown): string {
  return `calm ${name} every ${watchSeconds} s, at ${now.slice(11, 19)} UTC; Ctrl-C ends`;
}

function requireScreen({ terminal, globals, env }: Session, name: string): void {
  if (globals.json) {
    throw new Failure("invalid_input", "--watch draws for people; it does not go with --json", {
      hint: `Ask once: calm ${name} --json`,
    });
  }
  if (terminal.stdout.isTTY === true && env["TERM"] !== "dumb") return;
  throw new Failure("invalid_input", "--watch needs a terminal that can be drawn on", {
    hint: `Ask once: calm ${name}`,
  });
}
