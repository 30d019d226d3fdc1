import type { Context } from "../context.ts";
import type { Change } from "../git/forks.ts";
import { areTouching, type ChangedPlaces } from "../git/parse-places.ts";
import type { Quarantine } from "../git/quarantine.ts";
import { filesOf, sharedFiles } from "./shared-files.ts";
import type { Work } from "./work.ts";

/** How near two changes of a file come to each other: the nearest first. */
export const nearness = ["conflict", "same_lines", "same_file"] as const;
type Nearness = (typeof nearness)[number];

/** Two worktrees that change the same files. */
export interface Overlap {
  readonly tasks: readonly [string, string];
  /** The nearest comes first. */
  readonly files: readonly { readonly path: string; readonly nearness: Nearness }[];
}

/** Two works, what they share, and the commits from which each of them set out. */
interface Pair {
  readonly works: readonly [Work, Work];
  readonly bases: readonly [string, string];
  readonly files: readonly string[];
}

/**
 * Says which works would meet when they are merged: changed files are compared first, and only what shares some is
 * merged in memory. Without a trace in the repository.
 */
export async function forecastOverlaps(
  context: Context,
  works: readonly Work[],
  tip: string,
  task?: string,
): Promise<Overlap[]> {
  const git = await context.git();
  const pairs = await findPairs(context, works, tip, task);
  if (pairs.length === 0) return [];
  const paths = new Set(pairs.flatMap(({ files }) => files));
  return git.inQuarantine(async (quarantine) => {
    const commits = await commitWorks(
      context,
      quarantine,
      [...new Set(pairs.flatMap((pair) => pair.works))],
      paths,
    );
    const commitOf = (work: Work): string => commits.get(work) ?? work.fork.head;
    const trials = pairs.map(({ works: [one, other] }) => [commitOf(one), commitOf(other)] as const);
    const changes = pairs.flatMap(({ works: sides, bases }) =>
      sides.map((work, side): Change => ({ from: bases[side] ?? tip, to: commitOf(work) })),
    );
    const [conflicts, places] = await Promise.all([
      quarantine.conflictsOfEach(trials, tip),
      quarantine.placesOfEach(changes, [...paths]),
    ]);
    return pairs.map((pair, index) =>
      compare(pair, conflicts[index] ?? [], [places[2 * index], places[2 * index + 1]]),
    );
  });
}

async function findPairs(
  context: Context,
  works: readonly Work[],
  tip: string,
  task: string | undefined,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const { one, other, files } of sharedFiles(works.map(filesOf))) {
    const [a, b] = [works[one], works[other]];
    if (!a || !b || (task !== undefined && a.task !== task && b.task !== task)) continue;
    const stacked = [...a.fork.own].some((commit) => b.fork.own.has(commit));
    const pair = { works: [a, b], bases: [a.fork.base ?? tip, b.fork.base ?? tip], files } as const;
    const found = stacked ? await sinceTheyParted(context, pair) : pair;
    if (found.files.length > 0) pairs.push(found);
  }
  return pairs;
}

/** Of works that stand on each other only what they changed after they parted counts. */
async function sinceTheyParted(context: Context, { works, bases }: Pair): Promise<Pair> {
  const git = await context.git();
  const [one, other] = works;
  const base = (await git.mergeBase(one.fork.head, other.fork.head)) ?? bases[0];
  const files = await Promise.all(
    works.map(async ({ fork, uncommitted }) =>
      filesOf({ committed: await git.changedFiles(base, fork.head), uncommitted }),
    ),
  );
  return { works, bases: [base, base], files: sharedFiles(files)[0]?.files ?? [] };
}

/** Each work as one commit: its branch, with what is not committed of the files in question. */
async function commitWorks(
  context: Context,
  quarantine: Quarantine,
  works: readonly Work[],
  paths: ReadonlySet<string>,
): Promise<Map<Work, string>> {
  const drafts = works.flatMap((work) => {
    const files = filesToCommit(work, paths);
    const isStaged = work.uncommitted.some(({ state }) => state !== "unstaged" && state !== "untracked");
    return files.length === 0 ? [] : { work, worktree: work.path, head: work.fork.head, files, isStaged };
  });
  const answers = await quarantine.commitDrafts(drafts);
  return new Map(
    drafts.map(({ work }, index) => {
      const answer = answers[index];
      if (answer && "commit" in answer) return [work, answer.commit];
      context.warn(
        `What is not committed in ${work.path} was compared by name only: ${answer?.problem ?? ""}`,
      );
      return [work, work.fork.head];
    }),
  );
}

function filesToCommit({ uncommitted }: Work, paths: ReadonlySet<string>): string[] {
  // A git repository inside ends with a slash: its files are not this one's. What is in conflict has no tree yet.
  return uncommitted
    .filter((file) => paths.has(file.path) || file.state === "unmerged")
    .flatMap((file) => (file.path.endsWith("/") ? [] : file.path));
}

function compare(
  { works: [one, other], files }: Pair,
  conflicts: readonly string[],
  places: readonly (ReadonlyMap<string, ChangedPlaces> | undefined)[],
): Overlap {
  const nearnessOf = (path: string): Nearness => {
    if (conflicts.includes(path)) return "conflict";
    return meet(places[0]?.get(path), places[1]?.get(path)) ? "same_lines" : "same_file";
  };
  const all = [...new Set([...files, ...conflicts])].map((path) => ({ path, nearness: nearnessOf(path) }));
  return {
    tasks: [one.task, other.task],
    files: all.sort((a, b) => nearness.indexOf(a.nearness) - nearness.indexOf(b.nearness)),
  };
}

/** Whether two changes of the same version touch the same lines; of different versions the lines cannot be compared. */
function meet(one: ChangedPlaces | undefined, other: ChangedPlaces | undefined): boolean {
  if (!one || !other || one.oldBlob !== other.oldBlob) return false;
  return one.places.some((place) => other.places.some((another) => areTouching(place, another)));
}
