import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { field } from "../../model/field.ts";
import { loadConfig } from "../../project/load-config.ts";
import { getTask } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { mark } from "../../text/mark.ts";
import { plural } from "../../text/plural.ts";
import { forecastOverlaps } from "../../worktree/forecast.ts";
import { MetFile } from "../../worktree/meeting.ts";
import { rememberWork } from "../../worktree/remember-work.ts";
import { listInFlight, readWork } from "../../worktree/work.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree overlaps` */
export const worktreeOverlaps = defineOperation({
  name: "worktree overlaps",
  summary: "Say which worktrees change the same files, and where they would conflict",
  kind: "overlaps",
  effect: "read",
  examples: ["calm worktree overlaps", "calm worktree overlaps SPEC-001"],
  input: z.object({
    task: z.optional(field(z.string(), "Only the overlaps of this task; default all pairs")),
  }),
  positional: ["task"],
  output: z.object({
    passed: field(z.boolean(), "No two of them conflict"),
    compared: field(z.array(z.string()), "Tasks whose worktrees were compared, uncommitted work included"),
    overlaps: z.array(
      z.object({
        tasks: field(z.array(z.string()), "The two"),
        files: field(z.array(MetFile), "The worst first"),
      }),
    ),
  }),
  async run(context, input) {
    const task = input.task === undefined ? undefined : await getTask(await context.store(), input.task);
    const records = await listInFlight(context);
    if (task && !records.some((record) => record.task_id === task.id)) {
      throw new Failure("worktree_not_found", `Task ${task.id} has no worktree with work to land`, {
        hint: `Make one that says who is in its way: calm worktree create ${task.id} --check-overlaps`,
      });
    }
    const { tip } = await loadConfig(context);
    const works = await readWork(context, records, tip);
    await rememberWork(context, works);
    const overlaps = await forecastOverlaps(context, works, tip, task?.id);
    return {
      passed: overlaps.every(({ files }) => files[0]?.nearness !== "conflict"),
      compared: works.map((work) => work.task),
      overlaps: overlaps.map(({ tasks, files }) => ({ tasks: [...tasks], files: [...files] })),
    };
  },
  text({ compared, overlaps }, { colors }) {
    if (overlaps.length === 0) return `No overlaps: ${plural(compared.length, "worktree")} compared.`;
    return overlaps
      .flatMap(({ tasks, files }) => [
        colors.bold(tasks.join(" and ")),
        ...files.map((file) => {
          const [sign, words] = signs[file.nearness];
          return `  ${mark(sign, colors)} ${words}  ${escapeControls(file.path)}`;
        }),
      ])
      .join("\n");
  },
  passed: ({ passed }) => passed,
});

const signs = {
  conflict: ["fail", "conflict  "],
  same_lines: ["warn", "same lines"],
  same_file: ["skip", "same file "],
} as const;
