import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { DryRun, field } from "../../model/field.ts";
import { importTasks } from "../../tasks/import-tasks.ts";
import { defaultBranchName } from "../../tasks/numbering.ts";
import { type ImportPlan, planImport } from "../../tasks/plan-import.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";
import { readTaskLines } from "./read-task-lines.ts";

const shown = 20;

/** `calm task import` */
export const taskImport = defineOperation({
  name: "task import",
  summary: "Create tasks from JSON lines, all or none, each in its first phase: gates are passed here",
  kind: "imported_tasks",
  effect: "write",
  examples: ["calm task import < tasks.jsonl", "calm task import --dry-run < tasks.jsonl"],
  input: z.object({
    lines: field(z.string(), "Tasks as JSON, one a line, with the fields of calm task export"),
    dry_run: DryRun,
  }),
  stdin: "lines",
  output: z.object({
    imported: field(z.array(z.string()), "Ids, in the order of the input"),
    restarted: field(
      z.array(z.object({ id: z.string(), phase: z.string() })),
      "Tasks that had come further: they begin again in their first phase, since no gate run comes along",
    ),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const lines = readTaskLines(input.lines, await defaultBranchName(context));
    const store = await context.store();
    const now = context.now();
    const plan = input.dry_run
      ? await planImport(store, lines, now)
      : await store.write(async (tx) => {
          const decided = await planImport(tx, lines, now);
          await importTasks(tx, decided);
          return decided;
        });
    warnOf(context, plan);
    const restarted = plan.restarted.map((one) => ({ ...one }));
    return { imported: plan.tasks.map(({ id }) => id), restarted, dry_run: input.dry_run };
  },
  text: ({ imported, dry_run: dry }) =>
    `${dry ? "Would import" : "Imported"} ${plural(imported.length, "task")}: ${listed(imported)}`,
  next: ({ dry_run: dry }) => (dry ? [] : ["calm task list --ready"]),
});

function warnOf(context: Context, { restarted, missingParents }: ImportPlan): void {
  if (restarted.length > 0) {
    const names = restarted.map(({ id, phase }) => `${id} (was in ${phase})`);
    const again = plural(restarted.length, "task begins", "tasks begin");
    context.warn(`${again} again in the first phase, because no gate run comes along: ${listed(names)}`);
  }
  if (missingParents.length > 0) {
    const are = missingParents.length === 1 ? "There is no task" : "There are no tasks";
    context.warn(`${are} ${listed(missingParents)} yet; subtasks name them as their parents all the same`);
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  return `${names.slice(0, shown).join(", ")}${more}`;
}
