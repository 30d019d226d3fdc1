import * as z from "zod/mini";
import { chooseWorker } from "../../briefing/choose-worker.ts";
import { gatherFacts } from "../../briefing/gather.ts";
import { placeholdersOf } from "../../briefing/placeholders.ts";
import type { Context } from "../../context.ts";
import { field } from "../../model/field.ts";
import { fillPlaceholders, type PlaceholderValues } from "../../roles/fill-placeholders.ts";
import { findRole } from "../../roles/find-role.ts";
import { getTask } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker prompt` */
export const workerPrompt = defineOperation({
  name: "worker prompt",
  summary: "Print the prompt of a role, filled in for a task",
  kind: "role_prompt",
  effect: "read",
  examples: [
    "calm worker prompt reviewer",
    "calm worker prompt backend --task SPEC-001",
    "calm worker prompt _base",
  ],
  input: z.object({
    role: field(z.string(), "Role, for example backend; _base is what every role begins with"),
    task: z.optional(field(z.string(), "Task whose id, worktree and worker fill the placeholders")),
  }),
  positional: ["role"],
  output: z.object({
    role: z.string(),
    path: field(z.nullable(z.string()), "File that the prompt stands in; null = calm's own"),
    task: z.nullable(z.string()),
    text: field(z.string(), "The prompt, with its placeholders filled"),
  }),
  async run(context, input) {
    const { name, path, text } = await findRole(context, input.role);
    const values = await valuesFor(context, name, input.task);
    return {
      role: name,
      path: path ?? null,
      task: values.task ?? null,
      text: fillPlaceholders(text, values),
    };
  },
  text: ({ text }) => escapeControls(text, "keep"),
});

async function valuesFor(context: Context, role: string, id: string | undefined): Promise<PlaceholderValues> {
  if (id === undefined) {
    const { root } = await context.project();
    return { worker: context.actor.worker, mainRepository: root };
  }
  const task = await getTask(await context.store(), id);
  const worker = await chooseWorker(context, task.id, role, undefined);
  return placeholdersOf(await gatherFacts(context, { task, role, worker }));
}
