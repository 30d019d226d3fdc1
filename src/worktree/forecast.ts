import type { Context } from "../context.ts";
import type { Change } from "../git/forks.ts";
import type { Quarantine } from "../git/quarantine.ts";
import { hasStaged, Meeting, type Overlap, type Pair } from "./meeting.ts";
import { filesOf, sharedFiles } from "./shared-files.ts";
import type { Work } from "./work.ts";

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
    const changes = pairs.flatMap(({ works: sides, bases }) =>
      sides.map((work, side): Change => ({ from: bases[side] ?? tip, to: commitOf(work) })),
    );
    const [byLines, places] = await Promise.all([
      git.mergesByLines(tip),
      quarantine.placesOfEach(changes, [...paths]),
    ]);
    const met = pairs.map((pair, index) => new Meeting(pair, places.slice(2 * index, 2 * index + 2)));
    const open = met.filter((meeting) => !byLines || !meeting.isClean());
    const trials = open.map(({ pair }) => pair.works.map(commitOf) as [string, string]);
    const conflicts = await quarantine.conflictsOfEach(trials, tip);
    return met.map((meeting) => meeting.overlap(conflicts[open.indexOf(meeting)] ?? []));
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
    const draft = { worktree: work.path, head: work.fork.head, files, isStaged: hasStaged(work) };
    return files.length === 0 ? [] : { work, ...draft };
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
