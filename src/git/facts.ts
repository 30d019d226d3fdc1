import type { Git } from "./git.ts";
import { resolveDefaultBranch } from "./default-branch.ts";
import { answeredLine, noAnswer } from "./failures.ts";
import { readHead, readRef, readRefsBelow } from "./ref-files.ts";
import { findTree } from "./object-tree.ts";
import { isRefName } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import type { SettingsReader } from "./settings.ts";
import { findWorktreeGitDir } from "./worktree-git-dir.ts";

const branchPrefix = "refs/heads/";

/** What refs say; files answer where they can, git where they cannot. */
export function facts(
  repository: Repository,
  settings: SettingsReader,
): Pick<Git, "head" | "commitOf" | "treeOf" | "branches" | "refsBelow" | "upstreamOf" | "defaultBranch"> {
  const commitOf = (ref: string): Promise<string | undefined> => findCommit(repository, ref);
  const branches = async (): Promise<ReadonlyMap<string, string>> => {
    const refs = await listRefs(repository, branchPrefix);
    return new Map([...refs].map(([ref, commit]) => [ref.slice(branchPrefix.length), commit]));
  };
  return {
    commitOf,
    branches,
    head: (worktree) => findHead(repository, worktree),
    treeOf: (commit) => findTree(repository, commit),
    refsBelow: (prefix) => listRefs(repository, prefix.endsWith("/") ? prefix : `${prefix}/`),
    upstreamOf: (branch) => findUpstream(repository, settings, branch),
    defaultBranch: (configured) => resolveDefaultBranch(repository, { branches, commitOf }, configured),
  };
}

async function findHead(repository: Repository, worktree: string): ReturnType<Git["head"]> {
  const gitDir = findWorktreeGitDir(repository, worktree);
  if (gitDir === undefined) return undefined;
  const fact = readHead(gitDir, repository.commonDir);
  if (fact !== "ask") return fact;
  const link = await repository.runIn(worktree, ["symbolic-ref", "--quiet", "HEAD"], { answers: [0, 1] });
  const commit = await repository.runIn(worktree, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], {
    answers: [0, 1],
  });
  return { branch: answeredLine("symbolic-ref", link), commit: answeredLine("rev-parse", commit) };
}

async function findCommit(repository: Repository, ref: string): Promise<string | undefined> {
  const fact = readRef(repository.commonDir, ref);
  if (fact !== "ask") return fact.commit;
  const answer = await repository.run(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], {
    answers: [0, 1],
  });
  return answeredLine("rev-parse", answer);
}

async function listRefs(repository: Repository, prefix: string): Promise<ReadonlyMap<string, string>> {
  const fact = readRefsBelow(repository.commonDir, prefix);
  if (fact !== "ask") return fact;
  // No name of a ref can hold a line break or a blank.
  const answer = await repository.run(["for-each-ref", "--format=%(refname) %(objectname)", "--", prefix]);
  const lines = answer.stdout.toString("utf8").split("\n");
  return new Map(
    lines
      .filter((line) => line !== "")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
}

async function findUpstream(
  repository: Repository,
  settings: SettingsReader,
  branch: string,
): ReturnType<Git["upstreamOf"]> {
  const full = `${branchPrefix}${branch}`;
  if (!isRefName(full) || !(await settings.ask()).followers.has(branch)) return undefined;
  const format = "--format=%(upstream)%00%(upstream:remotename)%00%(upstream:remoteref)";
  const answer = await repository.run(["for-each-ref", format, "--", full]);
  // Even of a branch that follows none git tells the empty fields.
  if (answer.stdout.length === 0 && (await findCommit(repository, full)) !== undefined)
    throw noAnswer("for-each-ref");
  const [ref = "", remote = "", refThere = ""] = answer.stdout.toString("utf8").trimEnd().split("\0");
  return ref === "" ? undefined : { ref, remote, refThere };
}
