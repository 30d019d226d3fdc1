import { bugExitCode, exitCodes, Failure } from "../failure.ts";
import { type ErrorFacts, errorDocument } from "./envelope.ts";
import type { Printer } from "./printer.ts";

const signalExitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The exit code of a program that a signal ended. */
export function signalExitCode(signal: AbortSignal): number {
  return signalExitCodes[String(signal.reason)] ?? signalExitCodes["SIGINT"] ?? bugExitCode;
}

/** What reporting an error needs of the options of the command line. */
interface Reporting {
  readonly signal: AbortSignal;
  reportBug(error: unknown): string;
}

function factsOf(failure: Failure): ErrorFacts {
  const { code, message, hint, retryable, details } = failure;
  return { code, message, hint, retryable, details };
}

function interruption(reason: string): ErrorFacts {
  return {
    code: "interrupted",
    message: `interrupted by ${reason}`,
    hint: undefined,
    retryable: true,
    details: {},
  };
}

/** Keeps the stack of a defect for its report; the terminal gets one line. */
function bug(error: unknown, reporting: Reporting): ErrorFacts {
  const what = error instanceof Error ? error.message : String(error);
  const facts = {
    code: "internal_error",
    message: `internal error: ${what.split("\n")[0] ?? ""}`,
    retryable: false,
  };
  try {
    const log = reporting.reportBug(error);
    return { ...facts, hint: `This is a bug in calm; its details are in ${log}`, details: { log } };
  } catch {
    // The log could not be written (a full disk, no home): the message is all there is.
    return { ...facts, hint: "This is a bug in calm; its log could not be written", details: {} };
  }
}

/** Tells what went wrong, on stderr or as the JSON document, and returns the exit code. */
export function reportError(error: unknown, printer: Printer, json: boolean, reporting: Reporting): number {
  const { signal } = reporting;
  const reason = signal.aborted ? String(signal.reason) : undefined;
  const failure = error instanceof Failure ? error : undefined;
  // Whatever fails after a signal failed because of it; a Failure still knows best how to go on.
  const facts = failure
    ? factsOf(failure)
    : reason === undefined
      ? bug(error, reporting)
      : interruption(reason);
  if (json) printer.answer(errorDocument(facts));
  else printer.error(facts.message, facts.hint);
  if (reason !== undefined) return signalExitCode(signal);
  return failure?.exitCode ?? bugExitCode;
}

/** The exit code of an answer that stdout would not take. */
export function reportBrokenOutput(error: Error, printer: Printer): number {
  printer.error(`stdout could not be written: ${error.message}`, undefined);
  return exitCodes.plumbing;
}
