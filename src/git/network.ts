import type { Variables } from "./environment.ts";
import type { Repository } from "./repository.ts";

/** Where a branch comes from and goes to; refs are full names. */
export interface Upstream {
  /** "." for a local branch. */
  readonly remote: string;
  /** What is known here of the branch there. */
  readonly ref: string;
  /** What it is called there. */
  readonly refThere: string;
}

/** A branch as people name it: `main`, `origin/main`. */
export function shortOf(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes)\//, "");
}

/** The command by which a person pushes a branch, given by its short name, to its upstream. */
export function pushCommand(branch: string, { remote, refThere }: Upstream): string {
  const there = shortOf(refThere);
  return `git push ${remote} ${branch === there ? branch : `${branch}:${there}`}`;
}

/** Seconds that a server may take to answer, below any sensible hard timeout. */
export const connectTimeout = 10;

/** What a remote needs of the configuration: one key may have several values. */
type RemoteSettings = ReadonlyMap<string, readonly string[]>;

/** How remotes are reached: the settings of `core.sshCommand` and of each remote's refspecs. */
export async function remoteSettings(repository: Repository): Promise<RemoteSettings> {
  const wanted = "^(core\\.sshcommand|remote\\..*\\.fetch)$";
  const answer = await repository.run(["config", "-z", "--get-regexp", wanted], { answers: [0, 1] });
  const settings = new Map<string, string[]>();
  for (const entry of answer.stdout.toString("utf8").split("\0").slice(0, -1)) {
    const end = entry.indexOf("\n");
    const key = entry.slice(0, end);
    settings.set(key, [...(settings.get(key) ?? []), entry.slice(end + 1)]);
  }
  return settings;
}

/** Variables by which ssh asks nobody and does not wait for ever; a person's own ssh command is left as it is. */
export function sshWithoutPrompt({ env }: Repository, settings: RemoteSettings): Variables {
  const own = settings.has("core.sshcommand");
  if (own || env["GIT_SSH_COMMAND"] !== undefined || env["GIT_SSH"] !== undefined) return {};
  return { GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o ConnectTimeout=${connectTimeout}` };
}
