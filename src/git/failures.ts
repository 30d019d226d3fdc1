import { Failure } from "../failure.ts";
import type { ToolResult } from "../system/spawn.ts";
import { isObjectId } from "./ref-name.ts";

const oldest = { major: 2, minor: 38 };
/** git's exit code for arguments that it does not know. */
const usageError = 129;

/** The Failure for a git that could not be started at all. */
export function cannotStart(argv: readonly string[], cause: unknown, missingFolder?: string): Failure {
  const reason = missingFolder === undefined ? messageOf(cause) : `there is no folder ${missingFolder}`;
  const hint = `Install git ${oldest.major}.${oldest.minor} or newer and put it on PATH`;
  return new Failure("git_failed", `git ${argv[0] ?? ""}: cannot be started: ${reason}`, {
    ...(missingFolder === undefined && { hint }),
    details: { argv },
    cause,
  });
}

/** The Failure for an exit code that is no answer; an unknown argument may mean that git is too old. */
export async function unexpectedAnswer(
  argv: readonly string[],
  result: ToolResult,
  version: () => Promise<string>,
): Promise<Failure> {
  if (result.exitCode === usageError) {
    const installed = await version();
    if (isTooOld(installed)) {
      const needed = `${oldest.major}.${oldest.minor}`;
      return new Failure("git_too_old", `calm needs git ${needed} or newer; this is ${installed.trim()}`, {
        hint: `Install git ${needed} or newer`,
        details: { argv, installed: installed.trim(), needed },
      });
    }
  }
  return new Failure("git_failed", `git ${argv[0] ?? ""}: ${reasonOf(result)}`, {
    hint: "Look at the repository's permissions, its locks and the free space: calm doctor",
    details: { argv, exit_code: result.exitCode ?? null, signal: result.signal ?? null },
  });
}

/** Whether the text of `git version` names one that lacks what calm needs; unreadable is not too old. */
export function isTooOld(version: string): boolean {
  const match = /(\d+)\.(\d+)/.exec(version);
  const [major, minor] = [Number(match?.[1] ?? oldest.major), Number(match?.[2] ?? oldest.minor)];
  return major < oldest.major || (major === oldest.major && minor < oldest.minor);
}

/** git's own last word about what went wrong, with what it called the error before, and without its advice. */
function reasonOf({ stderr, exitCode, signal, timedOut }: ToolResult): string {
  if (timedOut) return "did not end in time";
  const lines = stderr.split("\n").map((line) => line.trim());
  // git may go on with advice after it has said why.
  const own = lines.findLast((line) => /^(fatal|error): /.test(line));
  const cause = lines.find((line) => line.startsWith("error: "));
  if (own?.startsWith("fatal: ") === true && cause !== undefined)
    return `${own.slice("fatal: ".length)}: ${cause.slice("error: ".length)}`;
  const last = own ?? lines.findLast((line) => line !== "" && !/^(hint|usage|warning):/.test(line));
  if (last !== undefined) return last.replace(/^(fatal|error): /, "");
  return exitCode === undefined ? `ended by ${signal ?? "a signal"}` : `exit code ${exitCode}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The Failure for an answer that was lost on its way: git takes no notice when nobody hears it. */
export function noAnswer(argv: string): Failure {
  return new Failure("git_failed", `git ${argv}: no answer`, { hint: "Try again" });
}

/** The object id that git answered; Failure git_failed without one. */
export function answeredId(verb: string, answer: string | Buffer): string {
  const id = answer.toString("utf8").trim();
  if (isObjectId(id)) return id;
  throw noAnswer(verb);
}

/** The line of an answer whose exit code 1 says that there is none; Failure git_failed where it was lost. */
export function answeredLine(verb: string, { exitCode, stdout }: ToolResult): string | undefined {
  if (exitCode !== 0) return undefined;
  if (stdout.length === 0) throw noAnswer(verb);
  return stdout.toString("utf8").trimEnd();
}
