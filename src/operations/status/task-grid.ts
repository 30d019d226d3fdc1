import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { defaultPriority } from "../../model/task.ts";
import { stuckAfterDays, type TaskState } from "../../tasks/project-state.ts";
import { perLine, sideBySide } from "../../text/side-by-side.ts";
import { table } from "../../text/table.ts";
import type { Colors, Text } from "../../text/text.ts";

/** An open task as overviews show it. */
export const TaskLine = z.object({
  id: z.string(),
  phase: z.string(),
  title: z.string(),
  priority: z.int(),
  blocked: field(z.boolean(), "A blocker is not DONE"),
  stuck: field(z.boolean(), `Nothing has happened to it for ${stuckAfterDays} days, and nothing blocks it`),
  waiting: field(z.nullable(z.string()), "The command by which a person lets it go on; null = it needs none"),
  active_at: field(z.string(), "When something last happened to it"),
});
export type TaskLine = z.output<typeof TaskLine>;

/** What an overview says of a task. */
export function toTaskLine(task: TaskState): TaskLine {
  const { id, phase, title, priority, blocked, stuck, waiting, activeAt } = task;
  return { id, phase, title, priority, blocked, stuck, waiting: waiting ?? null, active_at: activeAt };
}

type Paint = (text: string) => string;

/** The sign before a task, its colour, and what it means; the first that holds is shown. */
const signs: readonly (readonly [
  sign: string,
  color: keyof Colors,
  meaning: string,
  holds: (task: TaskLine) => boolean,
])[] = [
  ["?", "cyan", "waits for a person", (task) => task.waiting !== null],
  ["✗", "red", "blocked", (task) => task.blocked],
  ["!", "yellow", `stuck (${stuckAfterDays} days without activity)`, (task) => task.stuck],
];

/** What the signs in a grid mean, with how many tasks have each; "" when none has one. */
export function legend(tasks: readonly TaskLine[], { colors }: Text): string {
  const parts = signs.flatMap(([sign, color, meaning, holds]) => {
    const count = tasks.filter(holds).length;
    return count === 0 ? [] : [colors[color](`${sign} ${count} ${meaning}`)];
  });
  return parts.join("   ");
}

const phaseWidth = 16;
const cellWidth = 32;
const mostPerLine = 4;

/** The tasks of each phase, several on a line, cut to the width of the terminal. */
export function taskGrid(
  phases: readonly { readonly phase: string; readonly count: number }[],
  tasks: readonly TaskLine[],
  text: Text,
): string {
  const across = Math.min(mostPerLine, perLine(text.columns - phaseWidth, cellWidth));
  const rows = phases.flatMap(({ phase, count }) => {
    const cells = tasks.filter((task) => task.phase === phase).map((task) => taskCells(task, text.colors));
    const label = { text: `  ${phase} ${count}`, paint: text.colors.bold };
    const lines = cells.length === 0 ? [[]] : sideBySide(cells, across);
    return lines.map((line, index) => [index === 0 ? label : "", ...line]);
  });
  const cellColumns = Array.from({ length: across }, () => [{ whole: true }, {}]).flat();
  return table([{ whole: true }, ...cellColumns], rows, text);
}

function taskCells(task: TaskLine, colors: Colors): [{ text: string; paint: Paint }, string] {
  const [sign = " ", color = "bold"] = signs.find(([, , , holds]) => holds(task)) ?? [];
  const urgency = task.priority === defaultPriority ? "" : `P${task.priority} `;
  return [{ text: `${sign} ${task.id}`, paint: colors[color] }, `${urgency}${task.title}`];
}
