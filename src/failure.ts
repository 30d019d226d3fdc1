/** The kinds of an expected "cannot"; each has one exit code (SPEC section 2). */
export const exitCodes = {
  usage: 2,
  not_found: 3,
  refused: 4,
  conflict: 5,
  busy: 6,
  stale: 7,
  plumbing: 8,
} as const;

/** The exit code of a defect in calm itself. */
export const bugExitCode = 70;

/** What a Failure is about. */
export type FailureKind = keyof typeof exitCodes;

/** Every refusal that calm knows: its code string, its kind and one sentence for the documentation. */
export const failureCodes = {
  unknown_command: ["usage", "The command does not exist."],
  invalid_input: ["usage", "A flag or argument is missing, unknown or has an invalid value."],
  invalid_id: ["usage", "The id does not follow the rules for ids."],
  unknown_transition: ["usage", "The task type has no such transition or phase."],
  unknown_check: ["usage", "The gate has no such check."],
  nothing_to_update: ["usage", "No field to change was given."],
  invalid_environment: ["usage", "An environment variable of calm's has an invalid value."],
  invalid_config: ["usage", "The project's configuration has a mistake."],
  not_a_repository: ["not_found", "The directory is not inside a git repository."],
  directory_not_found: ["not_found", "The directory given with -C does not exist."],
  project_not_found: ["not_found", "No project has this name, id or path."],
  unborn_branch: ["not_found", "The repository has no commit yet."],
  default_branch_unknown: ["not_found", "The default branch cannot be told apart."],
  task_not_found: ["not_found", "The project has no such task."],
  worker_not_found: ["not_found", "The project has no such worker."],
  role_not_found: ["not_found", "There is no such role."],
  counter_not_found: ["not_found", "The project has no such counter."],
  backup_not_found: ["not_found", "There is no such backup."],
  database_not_found: ["not_found", "There is no database yet."],
  gate_run_not_found: ["not_found", "The project has no such gate run."],
  session_not_found: ["not_found", "The project has no such session."],
  worktree_not_found: ["not_found", "The task has no worktree."],
  attic_entry_not_found: ["not_found", "The attic keeps no such entry."],
  original_not_found: ["not_found", "There is no database of the original to take over."],
  log_not_found: ["not_found", "The log of the check is gone."],
  wrong_phase: ["refused", "The task is in another phase."],
  moved_by_merge: ["refused", "Only a merge may move the task over this edge."],
  gate_not_run: ["refused", "The gate has no finished run."],
  gate_failed: ["refused", "The newest run of the gate is not a pass."],
  gate_outdated: ["refused", "The newest pass belongs to other content."],
  gate_redefined: ["refused", "The newest pass was made by another definition of the gate."],
  reviews_missing: ["refused", "Too few reviews count for the present content."],
  approval_missing: ["refused", "A person has not approved the present content."],
  needs_person: ["refused", "Only a person at a terminal may do this."],
  needs_yes: ["refused", "A destructive command without a terminal needs --yes."],
  not_confirmed: ["refused", "The confirmation was not given."],
  untrusted_commands: ["refused", "The repository's commands have not been approved."],
  overlapping_work: ["refused", "Another worktree changes what this task says it will touch."],
  dirty_worktree: ["refused", "The worktree has uncommitted changes."],
  worktree_unreadable: ["refused", "The worktree's folder no longer leads into the repository."],
  unmerged_work: ["refused", "The worktree has commits that the default branch does not have."],
  directory_in_use: ["refused", "A process has its directory or an open file inside the worktree."],
  symlinked_path: ["refused", "A path below the repository is a symbolic link."],
  blocked_task: ["refused", "A task that blocks this one is not done."],
  dependency_cycle: ["refused", "The tasks would block each other."],
  blocks_others: ["refused", "Other tasks are blocked by this one or belong to it."],
  field_is_derived: ["refused", "The field cannot be set; another command moves it."],
  reviewer_not_allowed: ["refused", "This worker may not review this task."],
  duplicate_review: ["refused", "This reviewer has reviewed this content already."],
  nothing_to_review: ["refused", "There is no content that the review could be bound to."],
  role_unreadable: ["refused", "The file of a role cannot be used."],
  too_many_workers: ["refused", "The project's limit of active workers is reached."],
  worker_ended: ["refused", "The worker has ended already."],
  session_resumed: ["refused", "The hand-off of the session has been resumed already."],
  merge_locked: ["refused", "The counter merge_lock is set."],
  branch_moved: ["refused", "The branch is not at the commit that its gate checked."],
  no_documents: ["refused", "The branch brings no documents, or not only documents."],
  guarded_change: ["refused", "The branch changes guarded paths and no person has approved that."],
  diverged: ["refused", "The default branch and its upstream have diverged."],
  push_rejected: ["refused", "The remote refuses the merge, so it was taken back here too."],
  checkout_in_the_way: ["refused", "Files in the main checkout are in the way of the merge or undo."],
  unfinished_git_operation: ["refused", "A merge, rebase or the like is under way in the checkout."],
  nothing_to_undo: ["refused", "No operation is left that could be taken back."],
  beyond_undo: ["refused", "The last operation is none that undo could take back."],
  not_your_operation: ["refused", "Somebody else made the last operation, or a person did."],
  no_back_transition: ["refused", "The task cannot go back from this phase."],
  repository_copied: ["refused", "The repository is a copy of another one that is still there."],
  backup_unusable: ["refused", "The backup is damaged or is not one of calm's."],
  foreign_database: ["refused", "The file at the database's place is not calm's."],
  not_an_original: ["refused", "The file is no database of the original."],
  newer_database: ["refused", "The database was written by a newer calm."],
  git_too_old: ["refused", "The installed git is too old."],
  already_exists: ["conflict", "A thing of this name exists already."],
  branch_exists: ["conflict", "A branch or directory of the task's name exists already."],
  merge_conflict: ["conflict", "The branch conflicts with the default branch."],
  changed_since: ["conflict", "What the operation changed has been changed again since."],
  lost_race: ["conflict", "Something else changed the same thing first."],
  busy: ["busy", "Another process holds what is needed."],
  stale_worker: ["stale", "The worker's lease has run out."],
  worker_replaced: ["stale", "Another worker has taken the stale one's place."],
  git_failed: ["plumbing", "A git command failed."],
  database_failed: ["plumbing", "The database could not be opened or written."],
  file_failed: ["plumbing", "A file could not be read or written."],
  needs_human: ["plumbing", "An interrupted operation needs a look by a person."],
} as const satisfies Record<string, readonly [FailureKind, string]>;

/** The code string of a refusal. */
export type FailureCode = keyof typeof failureCodes;

/** What may accompany a Failure: the exact next command, and facts for `--json`. */
export interface FailureOptions {
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected "cannot": never a defect, never a plain "no" (that is a value). */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  get kind(): FailureKind {
    return failureCodes[this.code][0];
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }

  /** True when the same command may succeed later without any other change. */
  get retryable(): boolean {
    return this.kind === "busy" || this.code === "lost_race";
  }
}
