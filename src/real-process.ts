import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Terminal } from "./cli/terminal.ts";
import type { Environment } from "./context.ts";
import { findHome, type World } from "./create-context.ts";

/** The environment as it was before calm's own entry took the extra certificates out of it, for speed. */
export function restoredEnvironment(env: Environment): Environment {
  const { CALM_NODE_EXTRA_CA_CERTS: kept, ...rest } = env;
  return kept === undefined ? rest : { ...rest, NODE_EXTRA_CA_CERTS: kept };
}

/** The process's streams; each is opened only when it is used, because opening costs milliseconds. */
export function processTerminal(real: NodeJS.Process): Terminal {
  return {
    get stdin() {
      return real.stdin;
    },
    get stdout() {
      return real.stdout;
    },
    get stderr() {
      return real.stderr;
    },
  };
}

/** Turns the first of the signals that end a program into an abort; the second one ends it at once. */
export function listenForSignals(real: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    real.once(signal, () => {
      controller.abort(signal);
    });
  }
  return controller.signal;
}

/** Keeps the stack of a defect in CALM_HOME/logs and gives the file's path. */
export function writeBugReport(error: unknown, world: World): string {
  const { logs } = findHome(world.env);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const path = join(logs, `bug-${world.now().toISOString().replaceAll(":", "-")}-${world.unique()}.log`);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}
