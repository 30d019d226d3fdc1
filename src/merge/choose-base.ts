import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

/** Milliseconds. */
export const fetchTimeout = 15_000;

/** Where a merge starts from: what the branch is now, and the commit that the candidate is built on. */
export interface MergeBase {
  readonly old: string;
  readonly base: string;
}

/** The default branch, or its fetched upstream where that is a fast-forward; Failure diverged where it is not. */
export async function chooseBase(context: Context, target: string): Promise<MergeBase> {
  const git = await context.git();
  const ref = `refs/heads/${target}`;
  const upstream = await git.upstreamOf(target);
  if (
    upstream &&
    upstream.remote !== "." &&
    !(await git.fetch(upstream.remote, fetchTimeout, context.signal))
  ) {
    context.warn(`${upstream.remote} could not be reached; merging onto ${target} as it is here`);
  }
  const old = await git.commitOf(ref);
  if (old === undefined) {
    throw new Failure("unborn_branch", `The branch ${target} has no commit`, {
      hint: "See: git branch --all",
    });
  }
  const remote = upstream && (await git.commitOf(upstream.ref));
  if (!upstream || remote === undefined || (await git.isAncestor(remote, old))) return { old, base: old };
  if (await git.isAncestor(old, remote)) return { old, base: remote };
  const name = upstream.ref.replace("refs/remotes/", "").replace("refs/heads/", "");
  // A rebase would take merges of calm's apart, and lose what their commits say.
  const join = (await git.calmMerges(old, remote)).length > 0 ? "merge" : "rebase";
  const { ahead, behind } = await git.aheadBehind(old, remote);
  throw new Failure("diverged", `${target} and ${name} have diverged: ${ahead} here, ${behind} there`, {
    hint: `Look: git log --oneline --left-right ${target}...${name}, then bring them together: git checkout ${target} && git ${join} ${name}`,
    details: { branch: target, upstream: name, ahead, behind },
  });
}
