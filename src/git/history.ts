import type { Git } from "./git.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** How commits descend from each other. */
export function history(
  repository: Repository,
): Pick<
  Git,
  | "mergeBase"
  | "mergeBases"
  | "isAncestor"
  | "isFirstParentAncestor"
  | "aheadBehind"
  | "commitsBetween"
  | "trailerValues"
  | "mergesByCalm"
> {
  return {
    mergeBase: async (one, other) => (await mergeBases(repository, one, other))[0],
    mergeBases: (one, other) => mergeBases(repository, one, other),
    isAncestor: async (ancestor, descendant) => {
      const args = ["merge-base", "--is-ancestor", revision(ancestor), revision(descendant)] as const;
      return (await repository.run(args, { answers: [0, 1] })).exitCode === 0;
    },
    isFirstParentAncestor: (commit, tip) => isOnFirstParents(repository, commit, tip),
    aheadBehind: async (branch, base) => {
      const range = `${revision(branch)}...${revision(base)}`;
      const answer = await repository.run(["rev-list", "--left-right", "--count", range, "--"]);
      const [ahead = 0, behind = 0] = answer.stdout.toString("utf8").split("\t").map(Number);
      return { ahead, behind };
    },
    commitsBetween: async (base, tip, limit) => {
      const range = [revision(tip), `^${revision(base)}`];
      return logLines(repository, ["--format=%h %s", `--max-count=${limit}`, ...range]);
    },
    trailerValues: async (tip, key, prefix) => {
      const filter = ["--first-parent", "--merges", "--fixed-strings", `--grep=${key}: ${prefix}`];
      const format = `--format=%(trailers:key=${key},valueonly,separator=%x00)`;
      const lines = await logLines(repository, [...filter, format, revision(tip)]);
      return lines.flatMap((line) => line.split("\0")).filter((value) => value.startsWith(prefix));
    },
    mergesByCalm: (tip, limit) => listMergesByCalm(repository, tip, limit),
  };
}

/** The first one is what git takes without `--all`; none for unrelated histories. */
async function mergeBases(repository: Repository, one: string, other: string): Promise<string[]> {
  const args = ["merge-base", "--all", revision(one), revision(other)] as const;
  const answer = await repository.run(args, { answers: [0, 1] });
  return answer.stdout.toString("utf8").split("\n").slice(0, -1);
}

async function logLines(repository: Repository, args: readonly string[]): Promise<string[]> {
  const answer = await repository.run(["log", "--no-color", "--encoding=UTF-8", ...args, "--"]);
  return answer.stdout.toString("utf8").split("\n").slice(0, -1);
}

async function isOnFirstParents(repository: Repository, commit: string, tip: string): Promise<boolean> {
  if (commit === tip) return true;
  // The walk along first parents ends where the parents of `commit` begin, so `commit` can only be its last line.
  const range = [revision(tip), "--not", `${revision(commit)}^@`, "--"];
  const answer = await repository.run(["rev-list", "--first-parent", ...range]);
  return answer.stdout.toString("utf8").trimEnd().split("\n").at(-1) === commit;
}

async function listMergesByCalm(
  repository: Repository,
  tip: string,
  limit: number,
): ReturnType<Git["mergesByCalm"]> {
  const filter = ["--first-parent", "--merges", "--grep=^Calm-Op: ", `--max-count=${limit}`];
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x20)`;
  const format = `--format=%H%x00${trailer("Calm-Op")}%x00${trailer("Calm-Task")}`;
  const lines = await logLines(repository, [...filter, format, revision(tip)]);
  return lines.map((line) => {
    const [commit = "", operation = "", task = ""] = line.split("\0");
    return { commit, operation, task };
  });
}
