import type { Activity, Context } from "../context.ts";

/** How a person is asked; each adaptor has its own way. */
export interface Prompts {
  /** Whether anybody is there to answer. */
  readonly interactive: boolean;
  /** The same call with the answer given in advance. */
  readonly withYes: string;
  /** False when declined or cancelled. */
  confirm(question: string): Promise<boolean>;
  /** True only when exactly this word was typed. */
  typeWord(question: string, word: string): Promise<boolean>;
}

/** What an adaptor knows of a call when it asks for a Context. */
export interface ContextRequest {
  /** The name of the operation or command. */
  readonly operation: string;
  /** The door: `cli` or `mcp`. */
  readonly channel: string;
  /** The directory to act in (`-C`); undefined = the current one. */
  readonly directory: string | undefined;
  /** Name, id or path of the project; undefined = the directory's. */
  readonly project: string | undefined;
  /** Who acts, when the call says so. */
  readonly actor: string | undefined;
  readonly prompts: Prompts;
  readonly signal: AbortSignal;
  warn(message: string): void;
  progress(message: string): void;
  /** Narrates long work, whose time is read from this clock. */
  begin(name: string, now: () => string): Promise<Activity>;
}

/** A Context that belongs to one call, which closes it. */
export interface OpenContext extends Context {
  close(): Promise<void>;
}
