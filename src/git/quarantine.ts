import { join } from "node:path";
import { copyFileIfThere, makePrivateFolder } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { readAttributes } from "./attributes.ts";
import { barePatch } from "./diff.ts";
import { type Change, compareTrees } from "./forks.ts";
import { type ChangedPlaces, parsePlaces } from "./parse-places.ts";
import { commandLineRoom, groupPaths } from "./path-groups.ts";
import { isObjectId, revision } from "./ref-name.ts";
import type { Repository, TreeErrand } from "./repository.ts";
import { findWorktreeGitDir } from "./worktree-git-dir.ts";

/** Two commits that are merged to see what comes of it. */
export type Trial = readonly [ours: string, theirs: string];

/** Files of a working tree, as they lie there. */
export interface Draft {
  readonly worktree: string;
  readonly files: readonly string[];
}

/** What is tried out with objects that the repository never sees. */
export interface Quarantine {
  /** The tree of each working tree's index, with the named files as they lie there; or why there is none. */
  treeOfEach(drafts: readonly Draft[]): Promise<({ readonly tree: string } | { readonly problem: string })[]>;
  /** A commit of each tree on top of its parent. */
  commitEach(trees: readonly { readonly tree: string; readonly parent: string }[]): Promise<string[]>;
  /** The files that conflict when each pair is merged, in their order, with the attributes that one commit has. */
  conflictsOfEach(trials: readonly Trial[], attributes: string): Promise<string[][]>;
  /** Where each change touches the named files, by path. */
  placesOfEach(
    changes: readonly Change[],
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, ChangedPlaces>[]>;
}

/** The part of the gateway that lends a repository to experiments. */
export interface Quarantines {
  /** Gives the work a place whose objects are all gone afterwards. */
  inQuarantine<T>(work: (quarantine: Quarantine) => Promise<T>): Promise<T>;
}

/** Places for experiments. */
export function quarantines(repository: Repository): Quarantines {
  return {
    inQuarantine: (work) =>
      inTemporaryFolder([], async (folder) => {
        const objects = join(folder, "objects");
        await makePrivateFolder(objects);
        const apart = writingTo(repository, objects);
        const known = new Map<string, string>();
        return work({
          treeOfEach: (drafts) => treeOfEach(apart, drafts),
          commitEach: async (trees) => {
            const commits = await commitEach(apart, trees);
            trees.forEach(({ tree }, index) => known.set(commits[index] ?? "", tree));
            return commits;
          },
          conflictsOfEach: (trials, attributes) => conflictsOfEach(apart, trials, attributes),
          placesOfEach: (changes, paths) => placesOfEach(apart, changes, paths, known),
        });
      }),
  };
}

/** The same repository, whose new objects go to another folder. */
function writingTo(repository: Repository, objects: string): Repository {
  const env = {
    GIT_OBJECT_DIRECTORY: objects,
    // Quoted as git reads it: a colon would end the path.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(repository.commonDir, "objects")),
  };
  return {
    ...repository,
    run: (args, call) => repository.run(args, { ...call, env: { ...env, ...call?.env } }),
    runIn: (worktree, args, call) =>
      repository.runIn(worktree, args, { ...call, env: { ...env, ...call?.env } }),
    runInEach: (errands) =>
      repository.runInEach(errands.map((errand) => ({ ...errand, env: { ...env, ...errand.env } }))),
  };
}

/** A split index would write its other half beside the checkout's. */
const ownIndexFile = ["-c", "core.splitIndex=false", "-c", "core.safecrlf=false"] as const;
/** A file that has gone meanwhile is removed; unlike `git add`, no ignore rule and no repository inside is in the way. */
const update = [...ownIndexFile, "update-index", "--add", "--remove", "-z", "--stdin"] as const;

function treeOfEach(repository: Repository, drafts: readonly Draft[]): ReturnType<Quarantine["treeOfEach"]> {
  return inTemporaryFolder([], async (folder) => {
    const errands: TreeErrand[] = [];
    for (const [number, { worktree, files }] of drafts.entries()) {
      const index = join(folder, `index-${number}`);
      const gitDir = findWorktreeGitDir(repository, worktree);
      if (gitDir !== undefined) await copyFileIfThere(join(gitDir, "index"), index);
      errands.push({
        ...{ worktree, env: { GIT_INDEX_FILE: index } },
        steps: [update, [...ownIndexFile, "write-tree"]],
        input: files.map((path) => `${path}\0`).join(""),
      });
    }
    return (await repository.runInEach(errands)).map(({ exitCode, stdout, stderr }) => {
      const tree = stdout.toString("utf8").trim();
      return exitCode === 0 && isObjectId(tree) ? { tree } : { problem: stderr.trim() };
    });
  });
}

const nobody = "calm <calm@localhost> 0 +0000";

/** All by one git, which is given what `git commit-tree` would write. */
async function commitEach(
  repository: Repository,
  trees: readonly { readonly tree: string; readonly parent: string }[],
): Promise<string[]> {
  if (trees.length === 0) return [];
  const files = trees.map(({ tree, parent }, index) => ({
    path: String(index),
    content: Buffer.from(
      `tree ${tree}\nparent ${parent}\nauthor ${nobody}\ncommitter ${nobody}\n\nWork in progress\n`,
    ),
  }));
  return inTemporaryFolder(files, async (folder) => {
    const args = ["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"] as const;
    const input = files.map(({ path }) => `${join(folder, path)}\n`).join("");
    const answer = await repository.run(args, { input });
    return answer.stdout.toString("utf8").split("\n").slice(0, -1);
  });
}

const mergeTree = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"] as const;

async function placesOfEach(
  repository: Repository,
  changes: readonly Change[],
  paths: readonly string[],
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ChangedPlaces>[]> {
  const [all = [], ...rest] = groupPaths(paths, commandLineRoom);
  // More than one command line can hold are not asked for one by one: whatever changed is looked at.
  const named = rest.length > 0 ? [] : all;
  const options = [...barePatch, "--full-index", "--", ...named];
  const answer = await compareTrees(repository, changes, options, known);
  return answer.pick(parsePlaces(answer.stdout.toString("utf8")));
}

/** Exit code of a git that has no such option. */
const unknownOption = 129;

async function conflictsOfEach(
  repository: Repository,
  trials: readonly Trial[],
  attributes: string,
): Promise<string[][]> {
  if (trials.length === 0) return [];
  const files = await readAttributes(repository, revision(attributes));
  // git takes attributes from the folder it runs in.
  return inTemporaryFolder(files, async (folder) => {
    const env = { GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(folder, ".git-no-index") };
    const args = [...mergeTree, "--allow-unrelated-histories"] as const;
    const input = trials.map((pair) => `${pair.map(revision).join(" ")}\n`).join("");
    const all = { cwd: folder, env, input, answers: [0, unknownOption] };
    const answer = await repository.run([...args, "--stdin"], all);
    if (answer.exitCode === 0) return parseTrials(answer.stdout.toString("utf8"));
    // git 2.38 merges one pair at a time.
    const found: string[][] = [];
    for (const [ours, theirs] of trials) {
      const one = { cwd: folder, env, answers: [0, 1] };
      const { stdout, exitCode } = await repository.run([...args, revision(ours), revision(theirs)], one);
      found.push(...parseTrials(`${exitCode === 0 ? 1 : 0}\0${stdout.toString("utf8")}\0`));
    }
    return found;
  });
}

/** Reads `git merge-tree --stdin -z --name-only --no-messages`: of each merge whether it is clean, the tree, its conflicts and an empty field. */
export function parseTrials(text: string): string[][] {
  const fields = text.split("\0").slice(0, -1);
  const found: string[][] = [];
  for (let at = 0; at < fields.length; ) {
    const [clean, tree = ""] = fields.slice(at, at + 2);
    const end = fields.indexOf("", at + 2);
    if ((clean !== "0" && clean !== "1") || !isObjectId(tree) || end === -1)
      throw new Error(`git merge-tree gave no merge: ${JSON.stringify(text.slice(0, 200))}`);
    found.push(clean === "1" ? [] : [...new Set(fields.slice(at + 2, end))]);
    at = end + 1;
  }
  return found;
}
