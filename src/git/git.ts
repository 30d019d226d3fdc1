import type { Clones } from "./clones.ts";
import type { IndexCommits } from "./commit-index.ts";
import type { Diffs } from "./diff.ts";
import type { Fetching } from "./fetch.ts";
import type { Filters } from "./filters.ts";
import type { Forks } from "./forks.ts";
import type { History } from "./history.ts";
import type { IgnoredFiles } from "./ignored-files.ts";
import type { Upstream } from "./network.ts";
import type { Pushing } from "./push.ts";
import type { ObjectMemory } from "./object-reader.ts";
import type { OnDisk, TreePath } from "./path-state.ts";
import type { Quarantines } from "./quarantine.ts";
import type { Snapshots } from "./snapshot.ts";
import type { StaleLocks } from "./stale-locks.ts";
import type { Statuses } from "./status.ts";
import type { TreeFiles } from "./tree-files.ts";

/** A file that a status lists; paths are relative to the root of the worktree, with `/`. */
export interface DirtyFile {
  readonly path: string;
  readonly state: "staged" | "unstaged" | "both" | "untracked" | "unmerged";
}

/** One entry of a tree-to-tree comparison; zeros stand for "absent". */
export interface ChangedFile {
  readonly path: string;
  readonly status: "added" | "modified" | "deleted" | "type_changed";
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

/** A move of a checkout from one commit to another. */
export interface CheckoutChange {
  /** The index that is updated along; the checkout's own one stays as it is. */
  readonly indexFile: string;
  readonly from: string;
  readonly to: string;
}

/** A worktree as git lists it. */
export interface ListedWorktree {
  readonly path: string;
  readonly head: string | undefined;
  /** Full ref name; undefined when detached or bare. */
  readonly branch: string | undefined;
  readonly bare: boolean;
  readonly detached: boolean;
  /** Reason of a lock; "" when locked without one; undefined when not locked. */
  readonly locked: string | undefined;
  readonly prunable: string | undefined;
}

/** What `.git` of a working tree says, read without starting git. */
export interface HeadFact {
  /** Full name of the branch; undefined when detached. */
  readonly branch: string | undefined;
  /** undefined on an unborn branch. */
  readonly commit: string | undefined;
}

/** What lies at a path of a commit that is no folder; `other` = a symbolic link or a submodule. */
export interface TreeFile {
  readonly path: string;
  readonly blob: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: "plain" | "executable" | "other";
}

/** The result of merging two commits in memory. */
export type MergePreview =
  | { readonly clean: true; readonly tree: string }
  | { readonly clean: false; readonly tree: string; readonly conflicts: readonly string[] };

/** What a new commit is made of. */
export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/**
 * The repository, asked in calm's words. Every method takes full ref names (`refs/heads/x`), object ids or paths,
 * never short names. An unexpected answer of git is a Failure git_failed with git's own last line.
 */
export interface Git
  extends IndexCommits,
    Diffs,
    TreeFiles,
    History,
    Forks,
    Clones,
    IgnoredFiles,
    ObjectMemory,
    Snapshots,
    StaleLocks,
    Statuses,
    Quarantines,
    Fetching,
    Filters,
    Pushing {
  /** Common git directory, absolute, without symbolic links. */
  readonly commonDir: string;

  // Facts
  /**
   * HEAD of a working tree, read from its `.git`; undefined when the directory is no working tree of this repository,
   * which a rewritten `.git` file makes it too. Every other method refuses such a directory.
   */
  head(worktree: string): Promise<HeadFact | undefined>;
  /** The commit of a full ref name; undefined when there is no such ref. */
  commitOf(ref: string): Promise<string | undefined>;
  /** The tree of a commit. */
  treeOf(commit: string): Promise<string>;
  /** Short names of all local branches with their commits. */
  branches(): Promise<ReadonlyMap<string, string>>;
  /** The default branch (SPEC section 4), short name; Failure unborn_branch or default_branch_unknown. */
  defaultBranch(configured?: string): Promise<string>;
  /** A branch's upstream when it has one, there or not. */
  upstreamOf(branch: string): Promise<Upstream | undefined>;
  listWorktrees(): Promise<ListedWorktree[]>;
  /** Where the working trees lie, there or gone, told from files alone; a bare repository has no main one. */
  checkoutRoots(): readonly string[];

  // Content
  /** Blob id of a path in a commit; undefined when absent or no file (a symbolic link is none). */
  blobOf(commit: string, path: string): Promise<string | undefined>;
  /** Content of a file in a commit as UTF-8; undefined when absent or no file. */
  readFile(commit: string, path: string): Promise<string | undefined>;
  /** Content of a blob. */
  readBlob(blob: string): Promise<Buffer>;
  /** Names directly below a folder ("" = root) of a commit; folders end with `/`. */
  listFolder(commit: string, folder: string): Promise<string[]>;
  /** Blob id that a text would have. */
  hashText(text: string): Promise<string>;
  /** Blob id that the bytes of a file on disk would have. */
  hashFile(path: string): Promise<string>;

  // Merging, without touching any checkout
  /** Merges two commits in memory, with the attributes of `ours`. */
  previewMerge(ours: string, theirs: string): Promise<MergePreview>;
  /** Writes a commit durably (core.fsync=all) and returns its id. */
  writeCommit(commit: NewCommit): Promise<string>;
  /** Points a ref to a commit, only from its old value (undefined = must not exist); false when it has moved. */
  moveRef(ref: string, to: string, from: string | undefined, reason: string): Promise<boolean>;
  /** Removes a ref, only at its old value; false when it has moved. */
  deleteRef(ref: string, from: string): Promise<boolean>;
  /** Removes refs, each only at its old value; false when one of them has moved, and then none is removed. */
  deleteRefs(refs: ReadonlyMap<string, string>): Promise<boolean>;
  /** Full names of the refs in a folder of refs, with the objects they point to. */
  refsBelow(prefix: string): Promise<ReadonlyMap<string, string>>;

  // Working trees
  /** Adds a worktree on a new branch at a commit; no tracking, no hooks. */
  addWorktree(path: string, branch: string, commit: string): Promise<void>;
  /** Adds a worktree on a branch that exists and is checked out nowhere. */
  attachWorktree(path: string, branch: string): Promise<void>;
  /**
   * Adds a worktree without any file and without an index: on a branch, whatever it is at or whether it is there at
   * all, or else detached at the commit.
   */
  addBareWorktree(path: string, commit: string, branch?: string): Promise<void>;
  /** Tells git that a worktree's folder has been moved; a place that git does not know is fine. */
  relocateWorktree(from: string, to: string): Promise<void>;
  /** Removes git's entry of a worktree whose folder is gone; other entries are never touched, no entry is fine. */
  forgetWorktree(path: string): Promise<void>;
  /**
   * What git's entry of a worktree whose folder is gone has and nothing else: git's mark of a merge or the like under
   * way, or "staged changes"; undefined = nothing, or no entry.
   */
  heldByEntry(path: string): Promise<string | undefined>;
  /** Whether `git worktree repair <path>` would make a folder a worktree again that no entry of git's names. */
  isRepairable(path: string): boolean;
  /** Puts a pattern into `.git/info/exclude` unless it stands there. */
  exclude(pattern: string): Promise<void>;
  /** How long the log of a working tree's HEAD is: every commit, switch and reset makes it longer, also one that is taken back. */
  headLogLength(worktree: string): Promise<number>;
  /** The git directory of one working tree (`.git/worktrees/x` for a linked one). */
  gitDirOf(worktree: string): Promise<string>;
  /** A tree: that of one commit, with the named files as another commit has them. */
  overlayTree(base: string, other: string, paths: readonly string[]): Promise<string>;
  /** What lies at each path of a working tree, a file with the blob that it would be added as. */
  lookAtDisk(worktree: string, paths: readonly string[]): Promise<ReadonlyMap<string, OnDisk>>;
  /** Mode and blob of the paths in an index file; of a file in conflict the last side; a path without entry is left out. */
  readIndex(worktree: string, indexFile: string, paths: readonly string[]): Promise<Map<string, TreePath>>;
  /** Sets entries of an index file; a mode of zeros removes one. The working tree is not touched. */
  setIndex(worktree: string, indexFile: string, entries: readonly TreePath[]): Promise<void>;
  /** Writes entries of an index file to the working tree where nothing lies; never over anything. */
  writeMissing(worktree: string, indexFile: string, paths: readonly string[]): Promise<void>;
  /** Files of a working tree that are not as a commit has them; those that are missing do not count, nor ignored ones. */
  strayFiles(worktree: string, commit: string): Promise<string[]>;
  /** Updates working tree and the index file given from one commit to another, as `read-tree -m -u` does. */
  advanceCheckout(worktree: string, change: CheckoutChange): Promise<void>;
}
