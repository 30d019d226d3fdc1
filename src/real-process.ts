import { fstatSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output, Terminal } from "./cli/terminal.ts";
import type { Environment } from "./context.ts";
import { findHome, type World } from "./create-context.ts";
import { makePrivateFolder } from "./system/private-folder.ts";

/** The environment as it was before calm's own entry took the extra certificates out of it, for speed. */
export function restoredEnvironment(env: Environment): Environment {
  const { CALM_NODE_EXTRA_CA_CERTS: kept, ...rest } = env;
  return kept === undefined ? rest : { ...rest, NODE_EXTRA_CA_CERTS: kept };
}

/** The process's streams; each is opened only when it must be, because opening costs milliseconds. */
export function processTerminal(real: NodeJS.Process): Terminal {
  const stdin = once(() => (mayBeTerminal(0) ? real.stdin : onFirstUse<Input>(() => real.stdin, noTerminal)));
  const stdout = once(() => (mayBeTerminal(1) ? real.stdout : writeAtOnce(1, () => real.stdout)));
  const stderr = once(() => (mayBeTerminal(2) ? real.stderr : writeAtOnce(2, () => real.stderr)));
  return {
    get stdin() {
      return stdin();
    },
    get stdout() {
      return stdout();
    },
    get stderr() {
      return stderr();
    },
  };
}

const noTerminal = { isTTY: undefined };

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** False for pipes, files and /dev/null; asked of the descriptor, since node's own answer loads its network code. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isCharacterDevice() && found.rdev !== statSync("/dev/null").rdev;
  } catch {
    return true; // a closed one: node knows what to do with it
  }
}

/** A stream of which some members are known beforehand; every other one opens it. */
function onFirstUse<T extends object>(open: () => T, known: Partial<T>): T {
  // The target is only ever asked for what it has.
  return new Proxy(known as T, {
    get(target, key): unknown {
      if (Object.hasOwn(target, key)) return Reflect.get(target, key);
      const stream = open();
      const member: unknown = Reflect.get(stream, key, stream);
      return typeof member === "function" ? (member.bind(stream) as unknown) : member;
    },
  });
}

/** An output that writes before `write` returns; only a reader that is slower than a full pipe makes it a stream. */
function writeAtOnce(descriptor: number, open: () => Output): Output {
  let stream: Output | undefined;
  const write = (text: string, done: (error?: Error | null) => void): boolean => {
    const bytes = Buffer.from(text);
    let at = 0;
    try {
      while (stream === undefined && at < bytes.length) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      stream = open();
      stream.on("error", () => undefined); // each write's own callback has it
    }
    if (stream) return stream.write(bytes.subarray(at), done);
    done();
    return true;
  };
  // No event ever comes of what is written at once.
  const output: object = { ...noTerminal, columns: undefined, destroyed: false, write, on: () => undefined };
  return onFirstUse(() => (stream ??= open()), output);
}

/** Turns the first of the signals that end a program into an abort; the second one ends it at once. */
export function listenForSignals(real: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  // Nothing hears a signal before the first wait, and a command that never waits saves the 2 ms.
  setImmediate(() => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      real.once(signal, () => {
        controller.abort(signal);
      });
    }
  }).unref();
  return controller.signal;
}

/** Keeps the stack of a defect in CALM_HOME/logs and gives the file's path. */
export function writeBugReport(error: unknown, world: World): string {
  const { logs } = findHome(world.env);
  makePrivateFolder(logs);
  const path = join(logs, `bug-${world.now().toISOString().replaceAll(":", "-")}-${world.unique()}.log`);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}
