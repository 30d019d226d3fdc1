import * as z from "zod/mini";
import type { Context } from "../context.ts";
import type { Operation } from "./operation.ts";

/** Parses what a caller gave and runs the operation; every adaptor comes through here. */
export async function execute<I extends z.ZodMiniObject, O extends z.ZodMiniObject>(
  operation: Operation<I, O>,
  context: Context,
  rawInput: unknown,
): Promise<z.output<O>> {
  return operation.run(context, await parseInput(operation, rawInput));
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
