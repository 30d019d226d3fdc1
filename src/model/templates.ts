import { bugReportPath, proposalPath, specPath } from "./paths.ts";
import type { Task } from "./task.ts";

type Named = Pick<Task, "id" | "title" | "type" | "spec_id">;

function specTemplate(task: Named): string {
  return `# ${task.id}: ${task.title}

## Problem

<!-- What is wrong or missing today, and for whom? -->

## Requirements

<!-- What must be true when this is done? One line each, so that a reviewer can tick it. -->

## Out of scope

<!-- What will this task not do? -->
`;
}

function proposalTemplate(task: Named): string {
  return `# ${task.id}: proposal

## Approach

<!-- How will it be built, and why so? Name the files and the data. -->

## Alternatives

<!-- What else was considered, and why not? -->

## Tests

<!-- How will the requirements be proven? -->
`;
}

function bugReportTemplate(task: Named): string {
  return `# ${task.id}: ${task.title}

## Reproduction Steps

<!-- The commands or clicks, one by one, that show the bug. -->

## Expected

<!-- What should happen? -->

## Actual

<!-- What happens instead? Paste the output. -->

## Root Cause

<!-- Why does it happen? Name the file and the line. -->

## Fix Plan

<!-- What will be changed, and which test will fail without it? -->
`;
}

/** The documents that a task starts with, by path below the worktree; a subtask has those of its parent. */
export function templatesFor(task: Named): ReadonlyMap<string, string> {
  if (task.type === "bug") return new Map([[bugReportPath(task.id), bugReportTemplate(task)]]);
  if (task.spec_id !== null) return new Map();
  return new Map([
    [specPath(task.id), specTemplate(task)],
    [proposalPath(task.id), proposalTemplate(task)],
  ]);
}
