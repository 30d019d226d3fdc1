import { Failure } from "../failure.ts";
import type { Variables } from "./environment.ts";
import { answeredId } from "./failures.ts";
import type { Git, NewCommit } from "./git.ts";
import { revision } from "./ref-name.ts";
import { durable, type Repository } from "./repository.ts";

/** Making commits. */
export function commits(repository: Repository): Pick<Git, "writeCommit"> {
  return {
    writeCommit: async (commit) => {
      try {
        return await writeCommitObject(repository, commit);
      } catch (error) {
        throw (await missingIdentity(repository, error)) ?? error;
      }
    },
  };
}

/** Writes a commit as the person of git's configuration, or of the variables given. */
export async function writeCommitObject(
  repository: Repository,
  { tree, parents, message }: NewCommit,
  env: Variables = {},
): Promise<string> {
  const lineage = parents.flatMap((parent) => ["-p", revision(parent)]);
  const args = ["commit-tree", ...lineage, "-F", "-", revision(tree)] as const;
  const config = [...durable, "i18n.commitEncoding=UTF-8"];
  const answer = await repository.run(args, { input: message, config, env });
  return answeredId("commit-tree", answer.stdout);
}

/** Whether a commit failed because git does not know who makes it, asked of git and not read from its words. */
async function missingIdentity(repository: Repository, cause: unknown): Promise<Failure | undefined> {
  if (!(cause instanceof Failure) || cause.code !== "git_failed") return undefined;
  for (const role of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) {
    const answer = await repository.run(["var", role], { answers: [0, 1, 128] });
    if (answer.exitCode === 0) continue;
    return new Failure("git_failed", "git does not know who makes the commit", {
      hint: 'git config --global user.name "Your Name" && git config --global user.email you@example.com',
      details: cause.details,
      cause,
    });
  }
  return undefined;
}
