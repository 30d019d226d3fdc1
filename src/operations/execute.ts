import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Operation } from "./operation.ts";

/** Parses what a caller gave and runs the operation; every adaptor comes through here. */
export async function execute<I extends z.ZodMiniObject, O extends z.ZodMiniObject>(
  operation: Operation<I, O>,
  context: Context,
  rawInput: unknown,
): Promise<z.output<O>> {
  const input = await parseInput(operation, rawInput);
  try {
    return await operation.run(context, input);
  } catch (error) {
    throw refusalOfSystem(error);
  }
}

/** What a full or read-only disk answers to a write, wherever it is made: no bug of calm's. */
const noRoom = ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO"];

function refusalOfSystem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure || !("syscall" in error)) return error;
  if (!("code" in error) || !noRoom.includes(String(error.code))) return error;
  const hint = "Look at the folder's permissions and the free space: calm doctor";
  return new Failure("file_failed", `A file could not be written: ${error.message}`, { cause: error, hint });
}

/** The parsed input of an operation or command; a Failure invalid_input that names the flag otherwise. */
export async function parseInput<I extends z.ZodMiniObject>(
  target: Pick<Operation<I, z.ZodMiniObject>, "name" | "input" | "positional" | "stdin" | "examples">,
  rawInput: unknown,
): Promise<z.output<I>> {
  const parsed = z.safeParse(target.input, rawInput);
  if (parsed.success) return parsed.data;
  const { explainInput } = await import("./explain-input.ts");
  throw explainInput(target, rawInput);
}
