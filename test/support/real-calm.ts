import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The program as it is published; `npm run test:run` builds it first. */
export const program = join(
  root,
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { bin: { calm: string } }).bin.calm,
);

/** What a real process left behind. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A real process and its end. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Where and with what a real process runs. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts any program; its standard input is empty unless given, and stays open when it is null. */
export function start(command: readonly string[], { cwd, env }: Place, stdin: string | null = ""): Started {
  const child = spawn(command[0] ?? "", command.slice(1), { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  child.stdin.on("error", () => undefined); // it may end without having read
  if (stdin !== null) child.stdin.end(stdin);
  const ended = new Promise<Ended>((done, fail) => {
    child.on("error", fail);
    child.on("close", (exitCode, signal) => {
      done({ exitCode, signal, out, err });
    });
  });
  return { child, ended };
}

/** Starts the published program. */
export function startCalm(argv: readonly string[], place: Place): Started {
  return start([process.execPath, program, ...argv], place);
}

/** Runs the published program to its end. */
export async function realCalm(argv: readonly string[], place: Place, stdin = ""): Promise<Ended> {
  return start([process.execPath, program, ...argv], place, stdin).ended;
}

/** Whether the machine has util-linux's `script`, which gives a program a real terminal; BSD's has other flags. */
export function hasScript(): boolean {
  try {
    execFileSync("script", ["-qec", "true", "/dev/null"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
