import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { ProjectConfig } from "../../model/config.ts";
import { field } from "../../model/field.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import { defineCommand, type Session } from "../command.ts";
import { answerDocument } from "../envelope.ts";
import { suggestCommand } from "../find-command.ts";

/** The word that stands for the project's configuration instead of a command. */
const config = "config";

/** The JSON Schemas of an operation: its input as callers give it, its output as `data` holds it. */
export function schemasOf(operation: AnyOperation): { input: object; output: object } {
  return {
    input: z.toJSONSchema(operation.input, { io: "input" }),
    output: z.toJSONSchema(operation.output, { io: "output" }),
  };
}

async function schemaOf({ operations }: Session, name: string): Promise<object> {
  const entry = operations.find((one) => one.name === name);
  if (entry) return schemasOf(await entry.load());
  const near = suggestCommand(name, operations);
  // A group has no schema, its commands have.
  const named = operations.find((one) => one.name === near || one.name.startsWith(`${near} `))?.name;
  throw new Failure("unknown_command", `No schema for: ${name.slice(0, 80)}`, {
    hint: named === undefined ? "All of them: calm schema" : `Did you mean: calm schema ${named}?`,
  });
}

async function allSchemas({ operations }: Session): Promise<object> {
  const pairs = operations.map(async (entry) => [entry.name, schemasOf(await entry.load())] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

/** `calm schema` */
export const schema = defineCommand({
  name: "schema",
  summary: "Print the JSON Schemas of a command's input and data, or of the configuration",
  examples: ["calm schema", "calm schema task create", "calm schema config"],
  input: z.object({
    command: field(
      z._default(z.array(z.string()), []),
      `Words of the command, or "${config}" for .calm/config.yaml; all commands without it`,
    ),
  }),
  positional: ["command"],
  async run(session, { command }) {
    const { printer, globals } = session;
    const name = command.join(" ");
    const found =
      name === config
        ? z.toJSONSchema(ProjectConfig, { io: "input" })
        : name === ""
          ? await allSchemas(session)
          : await schemaOf(session, name);
    printer.answer(globals.json ? answerDocument("schema", found, []) : JSON.stringify(found, null, 2));
    return 0;
  },
});
