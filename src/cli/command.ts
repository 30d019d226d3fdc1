import type * as z from "zod/mini";
import type { Environment } from "../context.ts";
import type { OperationEntry } from "../operations/index.ts";
import type { ContextRequest, OpenContext } from "../operations/open-context.ts";
import type { AnyOperation, FieldOf } from "../operations/operation.ts";
import type { Globals } from "./globals.ts";
import type { Printer } from "./printer.ts";
import type { Terminal } from "./terminal.ts";

/** What operations and commands have in common: all that help, parsing and completion look at. */
export type Described = Pick<
  AnyOperation,
  | "name"
  | "summary"
  | "examples"
  | "input"
  | "positional"
  | "stdin"
  | "authority"
  | "watch"
  | "follow"
  | "again"
>;

/** What runs the command line: the lists, the world's streams, and the doors to everything else. */
export interface CliOptions {
  readonly operations: readonly OperationEntry[];
  readonly commands: readonly CommandEntry[];
  openContext(request: ContextRequest): OpenContext | Promise<OpenContext>;
  readonly terminal: Terminal;
  readonly env: Environment;
  /** Aborted by signals; its reason is the name of the signal. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Writes the stack of a defect to a log file and returns the file's path. */
  reportBug(error: unknown): string;
  /** Summaries by name that the build has collected, so that the root help need not load every operation. */
  readonly summaries?: Readonly<Record<string, string>>;
}

/** Where a call is to act, and as whom. */
type Place = Pick<Globals, "directory" | "project" | "actor">;

/** What a command works with. */
export interface Session extends CliOptions {
  readonly globals: Globals;
  readonly printer: Printer;
  /** A Context for an operation or command, at the place of the line's flags unless told; the caller closes it. */
  contextFor(operation: string, place?: Place): Promise<OpenContext>;
}

/** A thing that is not question-and-answer: it talks to its streams itself and chooses its exit code. */
export interface Command<I extends z.ZodMiniObject> {
  /** The words of the command. */
  readonly name: string;
  /** One line for help and documentation. */
  readonly summary: string;
  /** Command lines that help and documentation show. */
  readonly examples: readonly string[];
  readonly input: I;
  /** The fields that are given by position, in order; an array field takes the rest. */
  readonly positional?: readonly FieldOf<I>[];
  /** The field that standard input fills. */
  readonly stdin?: FieldOf<I>;
  /** Set when only a person may do it. */
  readonly authority?: "human";
  run(session: Session, input: z.output<I>): Promise<number>;
}

/** A command whose input is not known by type; picked member by member, since Command itself is invariant. */
export type AnyCommand = Pick<Command<z.ZodMiniObject>, keyof Command<z.ZodMiniObject>>;

/** How a command is found without loading it. */
export interface CommandEntry {
  /** Equals the command's own name; a test holds them together. */
  readonly name: string;
  /** Left out of help and completion: programs call it, not people. */
  readonly hidden?: boolean;
  load(): Promise<AnyCommand>;
}

/** Gives a command its precise types without naming them. */
export function defineCommand<I extends z.ZodMiniObject>(command: Command<I>): Command<I> {
  return command;
}
