import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "./world.ts";

const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();

/** What somebody does just when calm starts a git whose line begins so. */
export interface Interruption {
  readonly at: string;
  /** For a shell. */
  readonly script: string;
}

/** A git that writes down each of its starts. */
export interface WatchedGit {
  /** To be laid over the environment of an operation. */
  readonly env: Readonly<Record<string, string>>;
  /** The lines since the last call, without configuration: `status --porcelain=v1 …`. */
  lines(): string[];
}

/** Puts a git before the real one. */
export function watchGit(world: World, interruption?: Interruption): WatchedGit {
  const [log, bin] = [join(world.folder, "gits"), join(world.folder, "bin")];
  const { at, script } = interruption ?? { at: "nothing", script: ":" };
  const lines = [
    "#!/bin/sh",
    "line=$(echo \"$*\" | sed -E 's/-c [^ ]+ //g')",
    `echo "$line" >> ${log}`,
    `case "$line" in "${at}"*) (PATH=\${PATH#*:}; ${script}) > /dev/null 2>&1;; esac`,
    `exec ${real} "$@"`,
  ];
  world.write("git", `${lines.join("\n")}\n`, bin);
  chmodSync(join(bin, "git"), 0o755);
  writeFileSync(log, "");
  return {
    env: { PATH: `${bin}:${world.env["PATH"] ?? ""}` },
    lines: () => {
      const told = readFileSync(log, "utf8").split("\n").slice(0, -1);
      writeFileSync(log, "");
      return told;
    },
  };
}
