import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { everything, mergeConfig, mergeWorld } from "./mergeable.ts";
import type { World } from "./world.ts";

/** A world that pushes what it merges, and its upstream. */
export interface PushingWorld {
  readonly world: World;
  /** Path of the upstream, a bare repository. */
  readonly bare: string;
  /** The commit of main there. */
  readonly there: () => string;
  /** The commit of main here. */
  readonly here: () => string;
  /** Makes the upstream run a script in the world's repository, as a person would, and decline. */
  readonly declining: (script: string) => void;
  readonly accepting: () => void;
}

/** Makes one. */
export async function pushingWorld(): Promise<PushingWorld> {
  const config = `${mergeConfig}merge: { verify: [tests], push: true }\n`;
  const world = await mergeWorld({ ".calm/config.yaml": config });
  const bare = join(world.folder, "bare.git");
  world.git(["clone", "--quiet", "--bare", ".", bare]);
  world.git(["remote", "add", "origin", bare]);
  world.git(["fetch", "--quiet", "origin"]);
  world.git(["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
  const hook = join(bare, "hooks/pre-receive");
  return {
    ...{ world, bare },
    there: () => world.git(["rev-parse", "main"], bare),
    here: () => world.git(["rev-parse", "main"]),
    declining: (script: string) => {
      const git = `env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY git -C ${world.repository}`;
      const text = script.replaceAll("git", git);
      writeFileSync(hook, `#!/bin/sh\n(${text}) >&2\necho main is closed >&2\nexit 1\n`, { mode: 0o755 });
    },
    accepting: () => {
      rmSync(hook);
    },
  };
}

/** The checkout and main's log are told apart elsewhere: what must be as before is all but the log and origin's refs. */
export function untouched(world: World): Record<string, string> {
  return { ...everything(world), index: world.git(["ls-files", "--stage"]) };
}
