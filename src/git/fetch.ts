import { Failure } from "../failure.ts";
import { connectTimeout, remoteSettings, sshWithoutPrompt } from "./network.ts";
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

const patientHttp = [
  "http.lowSpeedLimit=1000",
  `http.lowSpeedTime=${connectTimeout}`,
  "credential.interactive=false",
];

/** The part of the gateway that reads from a remote. */
export interface Fetching {
  /**
   * Fetches the branches of one remote without any prompt, with a hard timeout in milliseconds; false when it could not
   * be reached or has no refspec into `refs/remotes/`. Local branches are never written, not even in a mirror.
   */
  fetch(remote: string, timeout: number, signal?: AbortSignal): Promise<boolean>;
}

/** Fetching from remotes. */
export function fetching(repository: Repository): Fetching {
  return {
    fetch: async (remote, timeout, signal) => {
      if (remote === ".") return true; // the upstream is a local branch
      const settings = await remoteSettings(repository);
      const refspecs = settings.get(`remote.${remote}.fetch`)?.filter(isHarmless) ?? [];
      if (!refspecs.some((refspec) => refspec.includes(":"))) return false;
      try {
        // Without a map of refs nothing but the remote's own branches is written, whatever else is configured.
        const args = ["fetch", ...quiet, "--refmap=", "--", remote, ...refspecs] as const;
        const env = { ...ownIndex, ...sshWithoutPrompt(repository, settings) };
        const call = { timeout, config: patientHttp, env, ...(signal && { signal }) };
        const { root } = repository;
        // A path that is no full one leads from the main working tree, as at a person's own fetch.
        await (root === undefined ? repository.run(args, call) : repository.runIn(root, args, call));
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
