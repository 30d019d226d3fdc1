import { Failure } from "../failure.ts";
import type { ToolResult } from "../system/spawn.ts";
import { usualWorld } from "./environment.ts";
import { remoteSettings, sshWithoutPrompt } from "./network.ts";
import { revision } from "./ref-name.ts";
import { ownIndex, type Repository } from "./repository.ts";

/**
 * What a remote said to a push. `rejected` is its own definite no; `unconfirmed` is everything that leaves it open whether
 * the remote has taken it: not reached, no answer in time, stopped by the person's own pre-push hook.
 */
export type PushAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected" | "unconfirmed"; readonly reason: string; readonly said: readonly string[] };

/** One commit, and the branch of a remote that is to be moved to it. */
export interface PushRequest {
  readonly remote: string;
  readonly commit: string;
  /** Full name of the branch there. */
  readonly ref: string;
  /** Milliseconds for git, its hook and the remote together. */
  readonly timeout: number;
  /** Ends the wait for an answer; what the remote made of it is then unconfirmed. */
  readonly signal: AbortSignal;
}

/** The part of the gateway that writes to a remote. */
export interface Pushing {
  /**
   * Moves one branch of a remote forward to a commit, never back or aside, without any prompt. The person's pre-push hook
   * runs as at their own push (git-lfs uploads by it); signing, tags and submodules take no part.
   */
  push(request: PushRequest): Promise<PushAnswer>;
}

/** What configuration could add to a push that was asked for. */
const only = ["--no-follow-tags", "--no-signed", "--recurse-submodules=no"];

/** A hook or a server may print without end; its last words are what matters. */
const lastBytes = 64 * 1024;

/** Pushing to remotes. */
export function pushing(repository: Repository): Pushing {
  return {
    push: async ({ remote, commit, ref, timeout, signal }) => {
      const refspec = `${revision(commit)}:${revision(ref)}`;
      const args = ["push", "--porcelain", "--quiet", ...only, "--", remote, refspec] as const;
      const call = {
        env: {
          ...ownIndex,
          ...usualWorld,
          ...sshWithoutPrompt(repository, await remoteSettings(repository)),
        },
        config: ["credential.interactive=false"],
        unpinned: ["core.hooksPath"],
        answers: [0, 1],
        ...{ timeout, signal, lastBytes },
      };
      const { root } = repository;
      try {
        return read(
          await (root === undefined ? repository.run(args, call) : repository.runIn(root, args, call)),
        );
      } catch (error) {
        if (signal.aborted) return { kind: "unconfirmed", reason: "interrupted", said: [] };
        if (!(error instanceof Failure) || error.code !== "git_failed") throw error;
        return { kind: "unconfirmed", reason: error.message.replace(/^git push: /, ""), said: [] };
      }
    },
  };
}

/** What git-push(1) documents of `--porcelain`: a flag, the refs, a summary and a reason in parentheses. */
function read({ exitCode, stdout, stderr }: ToolResult): PushAnswer {
  const lines = stdout.toString("utf8").split("\n");
  const refusal = lines.find((line) => line.startsWith("!\t"))?.split("\t")[2];
  if (exitCode === 0 && refusal === undefined) return { kind: "accepted" };
  const told = stderr.split("\n").map((line) => line.trimEnd());
  const said = told.filter((line) => line !== "" && !/^(hint|error|To):? /.test(line));
  const reason = /\((.*)\)$/.exec(refusal ?? "")?.[1] ?? refusal ?? said.at(-1) ?? "git push failed";
  // The remote hung up before it had said anything about the branch: it may be moving it still.
  const definite = refusal !== undefined && !refusal.startsWith("[remote failure]");
  return { kind: definite ? "rejected" : "unconfirmed", reason, said };
}
