import * as z from "zod/mini";
import { chooseWorker } from "../../briefing/choose-worker.ts";
import { gatherFacts } from "../../briefing/gather.ts";
import { writeBriefing } from "../../briefing/write-briefing.ts";
import { Count, field, TaskArgument } from "../../model/field.ts";
import { findWorkingRole } from "../../roles/find-role.ts";
import { getTask } from "../../store/tasks.ts";
import { defineOperation } from "../operation.ts";

const Section = z.object({
  name: z.enum(["base", "role", "task", "environment", "documents", "next"]),
  text: z.string(),
  cut: field(Count, "Bytes that were left out"),
});

/** `calm worker context` */
export const workerContext = defineOperation({
  name: "worker context",
  summary: "Print all that a worker must know: role, task, environment, documents, next commands",
  kind: "worker_context",
  effect: "read",
  examples: [
    "calm worker context SPEC-001 backend",
    "calm worker context BUG-003 reviewer --worker W-k3m9x2p7qa --max-bytes 12000",
  ],
  input: z.object({
    task: TaskArgument,
    role: field(z.string(), "Role it works in, for example backend or reviewer"),
    worker: z.optional(
      field(z.string(), "Worker it is for; default CALM_WORKER, else the only active one of task and role"),
    ),
    max_bytes: field(
      z._default(z.int().check(z.positive()), 24 * 1024),
      "Longest output; the longest parts are cut first, the next commands never",
    ),
  }),
  positional: ["task", "role"],
  output: z.object({
    task: z.string(),
    role: z.string(),
    worker: z.nullable(z.string()),
    sections: field(z.array(Section), "In the order of the text"),
    text: field(z.string(), "All of it, as it is printed"),
  }),
  async run(context, input) {
    const task = await getTask(await context.store(), input.task);
    const role = await findWorkingRole(context, input.role);
    const worker = await chooseWorker(context, task.id, role.name, input.worker);
    const facts = await gatherFacts(context, { task, role: role.name, worker });
    const { sections, text } = await writeBriefing(context, facts, role, input.max_bytes);
    return { task: task.id, role: role.name, worker: worker?.id ?? null, sections: [...sections], text };
  },
  text: ({ text }) => text,
});
