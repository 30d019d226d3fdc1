import * as z from "zod/mini";

/** A schema with the sentence that help, JSON Schema and MCP show for it. */
export function field<S extends z.ZodMiniType>(schema: S, description: string): S {
  // A copy: the same schema may stand in several places, each with its own sentence.
  const described = schema.clone();
  z.globalRegistry.add(described, { description });
  return described;
}

/** A point in time: RFC 3339, UTC, milliseconds. */
export const Time = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));

/** A whole number from 0. */
export const Count = z.int().check(z.nonnegative());

/** The flag of commands that remove something. */
export const Yes = field(z._default(z.boolean(), false), "Do it without asking");

/** The flag of commands that remove or move something. */
export const DryRun = field(z._default(z.boolean(), false), "Show what would be done and do nothing");

/** The argument that names a task. */
export const TaskArgument = field(z.string(), "Task id, for example SPEC-001");
