import { noAnswer } from "./failures.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** A merge as its commit tells it. */
export interface TrailedMerge {
  /** Calm-Op: the id of the operation that made it. */
  readonly operation: string;
  readonly task: string;
  /** Calm-Gate-Run; undefined = it was made without a gate. */
  readonly gateRun: number | undefined;
  readonly subject: string;
  readonly commit: string;
  readonly tree: string;
  /** First parent: the branch before; second parent: what was merged. */
  readonly parents: readonly [base: string, head: string];
  readonly committer: string;
  /** RFC 3339 UTC. */
  readonly committedAt: string;
}

const trailer = (key: string): string => `%(trailers:key=${key},valueonly,unfold,separator=%x01)`;
const format = [
  ...["%H", "%T", "%P", "%cI", "%cn", "%s"],
  ...["Calm-Op", "Calm-Task", "Calm-Gate-Run", "Calm-Reverts"].map(trailer),
].join("%x00");

/** The merges among the first parents of `tip` that bear calm's trailers and were not reverted by undo, oldest first. */
export async function calmMerges(
  repository: Repository,
  tip: string,
  known: string | undefined,
): Promise<TrailedMerge[]> {
  // A known merge may be gone: then the branch was rewritten, and everything on it is looked at.
  const range = ["--ignore-missing", revision(tip), ...(known === undefined ? [] : [`^${revision(known)}`])];
  const lines = await trailedLines(repository, ["Calm-Op", "Calm-Reverts"], range);
  const reverted = revertedBy(lines);
  return lines.flatMap(parseMerge).filter(({ operation }) => !reverted.has(operation));
}

/** The operations of the merges that undo has reverted among the first parents of `tip`. */
export async function calmReverts(repository: Repository, tip: string): Promise<ReadonlySet<string>> {
  return revertedBy(await trailedLines(repository, ["Calm-Reverts"], [revision(tip)]));
}

async function trailedLines(
  repository: Repository,
  keys: readonly string[],
  range: readonly string[],
): Promise<string[]> {
  const filter = ["--first-parent", "--fixed-strings", ...keys.map((key) => `--grep=${key}: `)];
  const options = ["--no-color", "--encoding=UTF-8", `--format=${format}`, "--reverse"];
  const { stdout } = await repository.run(["log", ...options, ...filter, ...range, "--"]);
  if (stdout.length === 0) {
    // A count is told even of none: what was merged or taken back would be forgotten.
    const count = await repository.run(["rev-list", "--count", ...filter, ...range, "--"]);
    if (count.stdout.toString("latin1") !== "0\n") throw noAnswer("log");
  }
  return stdout.toString("utf8").split("\n").slice(0, -1);
}

function revertedBy(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split("\0").at(-1) || []));
}

/** Nothing for a commit that only looks like one of calm's. */
function parseMerge(line: string): TrailedMerge[] {
  const [commit = "", tree = "", parents = "", date = "", committer = "", subject = "", ...trailers] =
    line.split("\0");
  const [operation = "", task = "", run = ""] = trailers;
  const [base, head, third] = parents.split(" ");
  if (base === undefined || head === undefined || third !== undefined) return [];
  if (!/^OP-[a-z0-9]+$/.test(operation) || !/^[A-Za-z0-9-]+$/.test(task)) return [];
  const gateRun = /^\d+$/.test(run) ? Number(run) : undefined;
  const committedAt = new Date(date).toISOString();
  return [{ operation, task, gateRun, subject, commit, tree, parents: [base, head], committer, committedAt }];
}
