/** What a role's placeholders stand for; undefined = not known. */
export interface PlaceholderValues {
  readonly task?: string | undefined;
  readonly worker?: string | undefined;
  readonly review?: number | undefined;
  readonly worktree?: string | undefined;
  readonly mainRepository?: string | undefined;
  readonly branch?: string | undefined;
}

const placeholder =
  /\{(TASK_ID|BUG_ID|WORKER_ID|YOUR_WORKER_ID|REVIEW_NUM|WORKTREE|MAIN_REPO|BRANCH)\}|\bTASK-XXX\b/g;

/** The text of a role with its placeholders filled; what is not known stays readable, for example `<task id>`. */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  const task = values.task ?? "<task id>";
  const worker = values.worker ?? "<worker id>";
  const filled: Readonly<Record<string, string>> = {
    TASK_ID: task,
    BUG_ID: task,
    WORKER_ID: worker,
    YOUR_WORKER_ID: worker,
    REVIEW_NUM: values.review === undefined ? "<review number>" : String(values.review),
    WORKTREE: values.worktree ?? "<worktree>",
    MAIN_REPO: values.mainRepository ?? "<main repository>",
    BRANCH: values.branch ?? "<branch>",
  };
  return text.replace(placeholder, (_, name?: string) => filled[name ?? "TASK_ID"] ?? task);
}
