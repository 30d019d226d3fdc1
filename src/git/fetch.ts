import { Failure } from "../failure.ts";
import type { Variables } from "./environment.ts";
import type { Git } from "./git.ts";
import { ownIndex, type Repository } from "./repository.ts";

const quiet = [
  "--quiet",
  "--no-tags",
  "--no-prune",
  "--no-recurse-submodules",
  "--no-write-fetch-head",
  "--no-auto-maintenance",
  "--no-write-commit-graph",
];

/** Seconds that a server may take to answer, below any sensible hard timeout. */
const connectTimeout = 10;
const patientHttp = [
  "http.lowSpeedLimit=1000",
  `http.lowSpeedTime=${connectTimeout}`,
  "credential.interactive=false",
];

/** Talking to remotes: the only place where calm uses a network. */
export function remotes(repository: Repository): Pick<Git, "fetch"> {
  return {
    fetch: async (remote, timeout) => {
      if (remote === ".") return true; // the upstream is a local branch
      const settings = await remoteSettings(repository);
      const refspecs = settings.get(`remote.${remote}.fetch`)?.filter(isHarmless) ?? [];
      if (!refspecs.some((refspec) => refspec.includes(":"))) return false;
      const ownSsh = settings.has("core.sshcommand");
      try {
        // Without a map of refs nothing but the remote's own branches is written, whatever else is configured.
        const args = ["fetch", ...quiet, "--refmap=", "--", remote, ...refspecs] as const;
        const env = { ...ownIndex, ...sshWithoutPrompt(repository.env, ownSsh) };
        await repository.run(args, { timeout, config: patientHttp, env });
        return true;
      } catch (error) {
        // Offline, refused, too slow: all the same to the caller, who says so and goes on.
        if (error instanceof Failure && error.code === "git_failed") return false;
        throw error;
      }
    },
  };
}

/** A mirror's refspec would write over local branches. */
function isHarmless(refspec: string): boolean {
  return refspec.startsWith("^") || /^\+?[^:]+:refs\/remotes\//.test(refspec);
}

function sshWithoutPrompt(env: Variables, configured: boolean): Variables {
  if (configured || env["GIT_SSH_COMMAND"] !== undefined || env["GIT_SSH"] !== undefined) return {};
  return { GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o ConnectTimeout=${connectTimeout}` };
}

async function remoteSettings(repository: Repository): Promise<Map<string, string[]>> {
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
