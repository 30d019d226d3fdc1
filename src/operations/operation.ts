import type * as z from "zod/mini";
import type { Context } from "../context.ts";
import type { Text } from "../text/text.ts";

/** The names of a schema's fields. */
export type FieldOf<I extends z.ZodMiniObject> = keyof I["shape"] & string;

/** What an operation says of one answer in a row of answers. */
interface Following<Input> {
  /** Whether the answer holds anything that those before it did not. */
  readonly news: boolean;
  /** Asks for what comes after it. */
  readonly input: Input;
}

/** How an operation is run again and again, each time for other content. */
interface Again<Input> {
  /** What an answer would be of now, cheaply told; as long as it is the same text, there is no need for a new answer. */
  content(context: Context, input: Input): Promise<string>;
  /** Why the new content cannot be looked at yet; undefined = it can. */
  obstacle(context: Context, input: Input): Promise<string | undefined>;
}

/** One thing that calm can do: CLI command, JSON, schema, MCP tool and documentation come from it. */
export interface Operation<I extends z.ZodMiniObject, O extends z.ZodMiniObject> {
  /** The words of the command, for example `task create`. */
  readonly name: string;
  /** One line for help, MCP and documentation. */
  readonly summary: string;
  /** The word for its data in the JSON envelope. */
  readonly kind: string;
  readonly effect: "read" | "write" | "destroy";
  /** Set when only a person may do it. */
  readonly authority?: "human";
  /** Command lines that help and documentation show. */
  readonly examples: readonly string[];
  readonly input: I;
  /** The fields that are given by position, in order; an array field takes the rest. */
  readonly positional?: readonly FieldOf<I>[];
  /** The field that standard input fills. */
  readonly stdin?: FieldOf<I>;
  readonly output: O;
  run(context: Context, input: z.output<I>): Promise<z.output<O>>;
  /** The answer for people; pure. */
  text(output: z.output<O>, text: Text): string;
  /** What a pipe or a file gets instead of `text`, byte for byte; undefined = `text` there too. */
  verbatim?(output: z.output<O>): string | undefined;
  /** False = a valid "no", exit code 1. */
  passed?(output: z.output<O>): boolean;
  /** Commands that usually come next, told on stderr. */
  next?(output: z.output<O>): readonly string[];
  /** Set when the answer is worth looking at while it changes: the command line can then keep it on the screen. */
  readonly watch?: true;
  /** Set when each new content wants an answer of its own: the command line can then give one after the other. */
  readonly again?: Again<z.output<I>>;
  /** How to ask for what has come since an answer: the command line can then go on with it as it comes. */
  follow?(output: z.output<O>, input: z.output<I>): Following<z.output<I>>;
}

/** An operation whose schemas are not known by type; picked member by member, since Operation itself is invariant. */
export type AnyOperation = Pick<
  Operation<z.ZodMiniObject, z.ZodMiniObject>,
  keyof Operation<z.ZodMiniObject, z.ZodMiniObject>
>;

/** Gives an operation its precise types without naming them. */
export function defineOperation<I extends z.ZodMiniObject, O extends z.ZodMiniObject>(
  operation: Operation<I, O>,
): Operation<I, O> {
  return operation;
}
