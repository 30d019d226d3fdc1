import { join } from "node:path";
import { shellQuote } from "../model/shell-quote.ts";
import { Failure } from "../failure.ts";
import { bugReportPath, changelogPath, proposalPath, specPath, worktreePath } from "../model/paths.ts";
import { reviewingRoles } from "../model/worker.ts";
import { hasLanded } from "../model/workflow.ts";
import { inlineCode } from "./fence.ts";
import type { Facts } from "./gather.ts";
import type { Section } from "./section.ts";

/** Where a task's worktree is, or would be made. */
export function worktreeOf({ task, project }: Pick<Facts, "task" | "project">): string {
  return task.worktree_path ?? join(project.root, worktreePath(task.id));
}

/** Where the worker works, and what it may touch. */
export function environmentSection(facts: Facts): Section {
  const text = [
    "# Working Environment",
    "**Read this before making any changes.**",
    placesTable(facts),
    ...problemText(facts),
    "## What may be edited",
    rulesList(facts),
    ...(hasLanded(facts.task) ? [] : ["## Where things go", destinations(facts)]),
  ].join("\n\n");
  return { name: "environment", parts: [{ kind: "fixed", text }] };
}

function placesTable(facts: Facts): string {
  const { task, project, worker, loaded } = facts;
  const none = hasLanded(facts.task) ? "none any more: the code has landed" : "none yet";
  const main = `${inlineCode(project.root)} (on ${inlineCode(loaded.branch)}; never edited by hand)`;
  const rows = [
    ["Working directory", task.worktree_path === null ? none : inlineCode(task.worktree_path)],
    ["Branch", inlineCode(task.id)],
    ["Main repository", main],
    ["Worker id", worker ? `${inlineCode(worker.id)} (${worker.status})` : "none yet"],
  ];
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return ["| | |", "|---|---|", ...lines].join("\n");
}

function problemText({ location }: Facts): string[] {
  if (!(location instanceof Failure)) return [];
  return [`**A worktree cannot be used as it is.** ${location.message}. ${location.hint ?? ""}`.trim()];
}

function rulesList(facts: Facts): string {
  const main = inlineCode(facts.project.root);
  return [
    ownGround(facts),
    `- DO NOT edit files in the main checkout ${main}, nor in another task's worktree.`,
    "- Never move the default branch yourself: no `git merge`, `git push` or `git commit` there.",
    "- Only `calm worktree merge` lands work, and only committed work counts.",
  ].join("\n");
}

function ownGround(facts: Facts): string {
  if (hasLanded(facts.task)) {
    return "- Edit nothing for this task: its code has landed. What is still wrong becomes a new bug.";
  }
  return reviewingRoles.includes(facts.role)
    ? "- You review: edit nothing, commit nothing. What you find goes into the notes of your review."
    : `- Edit only files below ${inlineCode(worktreeOf(facts))}.`;
}

function destinations({ task, loaded }: Facts): string {
  const dirs = loaded.config.implementation_dirs;
  const where = dirs
    ? `below ${dirs.map(inlineCode).join(", ")}, with their tests where the project keeps tests`
    : "where the project keeps them";
  const documents =
    task.type === "bug"
      ? `- Bug report: ${inlineCode(bugReportPath(task.id))}`
      : `- Planning documents: ${inlineCode(specPath(task.id))}, ${inlineCode(proposalPath(task.id))}`;
  return [
    `- Code and tests: ${where}.`,
    documents,
    `- Changelog entry: ${inlineCode(changelogPath(task.id))}, a line or two for those who use the project`,
  ].join("\n");
}

/** The shell's way into a directory. */
export function goTo(path: string): string {
  return `cd ${shellQuote(path)}`;
}
