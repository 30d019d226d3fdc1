import { execFileSync } from "node:child_process";
import type { World } from "../world.ts";

const end = "\u001e";

/**
 * The answers to several lines of shell, each without its last line breaks. One process is started from here, and the
 * shell is small: a git costs a fraction of what it costs as a child of this one.
 */
export function askGit<Name extends string>(
  world: World,
  lines: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const names = Object.keys(lines) as Name[];
  const script = names.map((name) => `${lines[name]}\nprintf '\\036'`).join("\n");
  const told = execFileSync("sh", ["-ec", script], {
    ...{ cwd: world.repository, env: world.env, encoding: "utf8", maxBuffer: 2 ** 28 },
    stdio: ["ignore", "pipe", "pipe"],
  }).split(end);
  return Object.fromEntries(names.map((name, at) => [name, (told[at] ?? "").trimEnd()])) as Record<
    Name,
    string
  >;
}
