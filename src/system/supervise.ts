import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { pid as ownPid } from "node:process";
import type { Readable } from "node:stream";
import { Failure } from "../failure.ts";
import type { Command, CommandEnd, ProcessEnd } from "./command.ts";
import { type CommandMarks, endLeftProcesses, markerVariable } from "./left-processes.ts";
import { Output } from "./output.ts";
import { commandsMark, ownIdentity } from "./process-identity.ts";
import { Stopper } from "./stopper.ts";

type Child = ChildProcessByStdio<null, Readable, Readable>;
type Take = (stream: string, chunk: Buffer) => void;
type Exit = Pick<ProcessEnd, "exitCode" | "signal">;

const missingProgram = new Set(["ENOENT", "EACCES", "ENOTDIR", "ENOEXEC"]);
const fullMachine = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);

// Commands of one run may share its marker, and must not end each other's processes; two calms neither, whose
// projects have the same id, as that of a copied repository has until it is noticed.
let started = 0;

// Asking who we are costs a process on some systems.
let ownMark: string | undefined;

/** The end of a command that never ran. */
export function notStarted(end: CommandEnd): ProcessEnd {
  return { end, exitCode: null, signal: null, leftProcesses: [] };
}

/** Starts a command, hands its output on, and waits until it and everything it started is gone. */
export async function supervise(command: Command, take: Take): Promise<ProcessEnd> {
  started += 1;
  const marker = `${command.marker}.${ownPid}-${started}`;
  let child: Child;
  try {
    child = start(command, marker);
  } catch (error) {
    return startProblem(command, error);
  }
  if (child.pid !== undefined) return await follow(command, child, { group: child.pid, marker }, take);
  const [error] = (await once(child, "error")) as unknown[];
  return startProblem(command, error);
}

function start(command: Command, marker: string): Child {
  const [program, ...words] = command.argv;
  ownMark ??= commandsMark(ownIdentity());
  const outer = command.env[markerVariable];
  const marks = [...(outer ? [outer] : []), ownMark, marker].join(":");
  return spawn(program, words, {
    cwd: command.cwd,
    env: { ...command.env, [markerVariable]: marks },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function startProblem(command: Command, cause: unknown): ProcessEnd {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const text = `${command.argv[0]} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (fullMachine.has(code)) throw new Failure("busy", text, { cause });
  // A missing folder is reported with the same code as a missing program.
  const folder = statSync(command.cwd, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!folder) throw new Failure("file_failed", `${command.cwd} is not a directory`, { cause });
  if (!missingProgram.has(code)) throw new Failure("file_failed", text, { cause });
  return notStarted("not_found");
}

async function follow(command: Command, child: Child, marks: CommandMarks, take: Take): Promise<ProcessEnd> {
  const end = ending(child);
  const stopper = new Stopper(marks.group, () => {
    end.resolve({ exitCode: null, signal: "SIGKILL" });
  });
  const interrupt = (): void => {
    stopper.stop("interrupted");
  };
  command.signal.addEventListener("abort", interrupt);
  stopper.stopAfter(command.timeout);
  const output = new Output(child, take, interrupt);
  const exit = await end.exit;
  stopper.over();
  command.signal.removeEventListener("abort", interrupt);
  await output.drained();
  const leftProcesses = await endLeftProcesses(marks);
  await output.drained();
  output.close();
  return { ...exit, leftProcesses, end: stopper.reason ?? verdictOf(exit, leftProcesses) };
}

function verdictOf(exit: Exit, leftProcesses: readonly string[]): CommandEnd {
  if (exit.signal !== null) return "signal";
  return leftProcesses.length > 0 ? "left_processes" : "exit";
}

function ending(child: Child): { exit: Promise<Exit>; resolve: (exit: Exit) => void } {
  let resolve: (exit: Exit) => void = () => undefined;
  const exit = new Promise<Exit>((settle) => {
    resolve = settle;
  });
  child.once("exit", (exitCode, signal) => {
    resolve({ exitCode, signal });
  });
  return { exit, resolve };
}
