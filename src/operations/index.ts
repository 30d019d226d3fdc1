import type { AnyOperation } from "./operation.ts";

/** How an operation is found without loading it. */
export interface OperationEntry {
  /** Equals the operation's own name; a test holds them together. */
  readonly name: string;
  load(): Promise<AnyOperation>;
}

/** The only list of what calm can do, in the order of help. */
export const operations: readonly OperationEntry[] = [];
