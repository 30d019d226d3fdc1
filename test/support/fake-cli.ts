import * as z from "zod/mini";
import { commands } from "../../src/cli/commands/index.ts";
import type { CliOptions } from "../../src/cli/command.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { ContextRequest, OpenContext } from "../../src/operations/open-context.ts";
import type { AnyOperation } from "../../src/operations/operation.ts";
import { type FakeTerminal, type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.ts";

/** What a run of the fake command line left behind. */
export interface FakeRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly requests: readonly ContextRequest[];
  /** The names of the operations whose modules were loaded. */
  readonly loaded: readonly string[];
  /** Contexts that were opened and not closed. */
  readonly left: number;
  readonly bugs: readonly unknown[];
}

/** How the fake command line differs from the usual one. */
export interface FakeCliOptions
  extends FakeTerminalOptions,
    Partial<Omit<CliOptions, "operations" | "terminal">> {
  readonly operations: readonly AnyOperation[];
  readonly terminal?: FakeTerminal;
}

/** A moment that does not move. */
export const fixedNow = "2026-01-02T03:04:05.000Z";

const unreachable = (): never => {
  throw new Error("a fake operation may not touch this");
};

/** A Context with nothing behind it but the request's own warnings, prompts and signal. */
export function fakeContext(request: ContextRequest, onClose: () => void = () => undefined): OpenContext {
  return {
    operation: request.operation,
    cwd: "/work",
    env: {},
    home: { root: "/home", database: "", backups: "", slots: "", logs: "", roles: "" },
    actor: { name: "user:me", channel: request.channel, user: "me" },
    host: "here",
    cores: 2,
    signal: request.signal,
    interactive: request.prompts.interactive,
    now: () => fixedNow,
    newId: (prefix) => `${prefix}-0000000000`,
    project: unreachable,
    projectAt: unreachable,
    renewIdentity: unreachable,
    store: unreachable,
    storeBeyondLease: unreachable,
    git: unreachable,
    warn: (message) => {
      request.warn(message);
    },
    progress: (message) => {
      request.progress(message);
    },
    begin: (name) => request.begin(name, () => fixedNow),
    confirm: unreachable,
    askPerson: unreachable,
    inProject: unreachable,
    close: () => {
      onClose();
      return Promise.resolve();
    },
  };
}

/** The operation, but its answer must fit its output schema; production trusts it. */
export function checked(operation: AnyOperation): AnyOperation {
  return {
    ...operation,
    run: async (context, input) => z.parse(operation.output, await operation.run(context, input)),
  };
}

/** Runs one command line over fake operations, a terminal in memory and a Context without a world. */
export async function runFake(argv: readonly string[], options: FakeCliOptions): Promise<FakeRun> {
  const { operations, terminal = fakeTerminal(options), ...rest } = options;
  const requests: ContextRequest[] = [];
  const loaded: string[] = [];
  const bugs: unknown[] = [];
  let left = 0;
  const exitCode = await runCli(argv, {
    commands,
    env: {},
    signal: new AbortController().signal,
    version: "1.2.3",
    openContext: (request) => {
      requests.push(request);
      left++;
      return fakeContext(request, () => left--);
    },
    reportBug: (error) => {
      bugs.push(error);
      return "/home/logs/bug.log";
    },
    ...rest,
    terminal,
    operations: operations.map((operation) => ({
      name: operation.name,
      load: () => {
        loaded.push(operation.name);
        return Promise.resolve(checked(operation));
      },
    })),
  });
  return { exitCode, out: terminal.out(), err: terminal.err(), requests, loaded, left, bugs };
}
