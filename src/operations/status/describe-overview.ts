import { ago } from "../../text/ago.ts";
import { byteSize } from "../../text/bytes.ts";
import { cut } from "../../text/cut.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { perLine, sideBySide } from "../../text/side-by-side.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";
import { issueLines, paintHealth } from "./describe-health.ts";
import { mergeTable } from "./describe-merges.ts";
import { workerTable } from "./describe-workers.ts";
import type { Overview } from "./overview-answer.ts";
import { legend, taskGrid } from "./task-grid.ts";

const shownIssues = 6;
const shownLines = 5;

/** The whole project for people; nothing wraps, and what has no room is counted. */
export function describeOverview(overview: Overview, text: Text): string {
  const { colors } = text;
  const { project, health, issues } = overview;
  const more = issues.length - shownIssues;
  return [
    colors.bold("CALM System Status"),
    cut(
      `Project: ${escapeControls(project.name)} (${project.id})  ${escapeControls(project.root)}`,
      text.columns,
    ),
    `Status: ${paintHealth(health, colors)}`,
    ...issueLines(issues.slice(0, shownIssues), text),
    ...(more > 0 ? [`  … ${more} more: calm status health`] : []),
    ...handoffLines(overview, text),
    "",
    ...taskLines(overview, text),
    ...overrideLines(overview, text),
    "",
    ...worktreeLines(overview, text),
    ...overlapLines(overview, text),
    ...titled("Workers", overview.workers.length, workerTable(overview.workers, text), text),
    ...(overview.merges.length === 0 ? [] : [colors.bold("Merged last"), mergeTable(overview.merges, text)]),
    ...counterLines(overview, text),
    `${colors.bold("Database:")} ${escapeControls(overview.database)} (${byteSize(overview.database_bytes)})`,
  ].join("\n");
}

function handoffLines({ pending_handoff: pending }: Overview, { colors, columns, now }: Text): string[] {
  if (pending === null) return [];
  const line = `Hand-off ${pending.id} (${ago(pending.created_at, now)}) waits: ${escapeControls(pending.first_line)}`;
  return [colors.cyan(cut(line, columns)), `  calm session resume`];
}

function taskLines({ phases, tasks }: Overview, text: Text): string[] {
  const open = phases.reduce((sum, { count }) => sum + count, 0);
  const signs = legend(tasks, text);
  const heading = `${text.colors.bold(`Tasks: ${open} open`)}${signs === "" ? "" : `   ${signs}`}`;
  const waiting = tasks.flatMap(({ waiting: command }) => command ?? []);
  return [
    heading,
    ...(open === 0 ? ['  calm task create SPEC --next "<title>"'] : [taskGrid(phases, tasks, text)]),
    ...(open > tasks.length ? [`  … ${plural(open - tasks.length, "more task")}: calm status tasks`] : []),
    ...some(waiting, "calm status tasks").map((line) => `  a person runs: ${text.colors.cyan(line)}`),
  ];
}

function overrideLines({ overrides }: Overview, { colors, columns }: Text): string[] {
  return some(overrides, "calm log").map((line) =>
    colors.red(cut(`  override: ${escapeControls(line)}`, columns)),
  );
}

/** The first few lines, and how many there are besides. */
function some(lines: readonly string[], all: string): string[] {
  const more = lines.length - shownLines;
  return [...lines.slice(0, shownLines), ...(more > 0 ? [`… ${more} more: ${all}`] : [])];
}

const worktreeCell = 26;

function worktreeLines({ worktrees, project }: Overview, text: Text): string[] {
  const cells = worktrees.map(({ task, path, created_at: created }) => {
    const usual = path === `${project.root}/.worktrees/${task}`;
    return [`  ${task}`, `${ago(created, text.now)}${usual ? "" : `  ${path}`}`];
  });
  const across = perLine(text.columns, worktreeCell);
  const columns = Array.from({ length: across }, () => [{ whole: true }, {}]).flat();
  return titled("Worktrees", worktrees.length, table(columns, sideBySide(cells, across), text), text);
}

/** Who was at work on the same files, and how long ago that was seen: nothing is asked of git here. */
function overlapLines({ overlaps }: Overview, { colors, columns, now }: Text): string[] {
  const lines = overlaps.map(({ tasks, files, seen_at: seen }) => {
    const [first = "", ...rest] = files;
    const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
    return `${tasks.join(" and ")} change ${escapeControls(first)}${more} (seen ${ago(seen, now)})`;
  });
  return some(lines, "calm worktree overlaps").map((line) =>
    colors.yellow(cut(`  overlap: ${line}`, columns)),
  );
}

function titled(title: string, count: number, body: string, { colors }: Text): string[] {
  return [colors.bold(`${title}: ${count}`), ...(body === "" ? [] : [body])];
}

function counterLines({ counters }: Overview, { colors }: Text): string[] {
  const parts = counters.map(({ name, value, due }) => {
    const said = `${name} = ${value}`;
    return due === null ? said : colors.yellow(`${said} (due)`);
  });
  return [`${colors.bold("Counters:")} ${parts.join(", ")}`];
}
