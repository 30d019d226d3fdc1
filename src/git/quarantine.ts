import { join } from "node:path";
import { makePrivateFolder } from "../system/private-folder.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { readAttributes } from "./attributes.ts";
import type { Draft } from "./commit-at-once.ts";
import { barePatch } from "./diff.ts";
import { commitDrafts, type Drafted } from "./draft-commits.ts";
import { type Change, compareTrees } from "./forks.ts";
import { type ChangedPlaces, parsePlaces } from "./parse-places.ts";
import { commandLineRoom, groupPaths } from "./path-groups.ts";
import { isObjectId, revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { commonAttributes } from "./root-rules.ts";

/** Two commits that are merged to see what comes of it. */
export type Trial = readonly [ours: string, theirs: string];

/** What is tried out with objects that the repository never sees. */
export interface Quarantine {
  /** A commit of each draft, in their order. */
  commitDrafts(drafts: readonly Draft[]): Promise<Drafted[]>;
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
  /** Whether text is merged line by line everywhere, and by no driver that attributes name, here or in a commit. */
  mergesByLines(commit: string): Promise<boolean>;
}

/** Places for experiments. */
export function quarantines(repository: Repository): Quarantines {
  return {
    mergesByLines: async (commit) => {
      const [files, common] = await Promise.all([
        readAttributes(repository, revision(commit)),
        commonAttributes(repository),
      ]);
      return ![common, ...files.map(({ content }) => content.toString("latin1"))].some(
        // A macro may stand for anything.
        (text) => /\bmerge\b|^\s*\[attr\]/m.test(text),
      );
    },
    inQuarantine: (work) =>
      inTemporaryFolder([], async (folder) => {
        const objects = join(folder, "objects");
        makePrivateFolder(objects);
        const apart = writingTo(repository, objects);
        const known = new Map<string, string>();
        return work({
          commitDrafts: async (drafts) => {
            const answers = await commitDrafts(apart, drafts);
            for (const one of answers) if ("commit" in one) known.set(one.commit, one.tree);
            return answers;
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

/** As a merge compares: lines that are apart for it must not touch here. */
const likeMerge = ["--diff-algorithm=histogram", "--no-indent-heuristic"] as const;

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
  const options = [...barePatch, ...likeMerge, "--full-index", "--", ...named];
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
