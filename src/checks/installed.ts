import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { namesInNow } from "../system/files-at-once.ts";

/** What is written down of a worktree that was set up: for which lock files, and what that has installed. */
export function recordedSetup(key: string, facts: string): string {
  return `${key} ${facts}`;
}

/** Whether what is written down of a worktree says that it was set up for these lock files. */
export function isSetUp(recorded: string | null, key: string): boolean {
  return recorded?.startsWith(`${key} `) === true;
}

/**
 * SHA-256 (hex) of what is installed in a worktree, "" where nothing is: names, sizes and times of the packages'
 * package.json and of the programs; of Python, what was added to the environment. A file deep inside of a package that is
 * edited by hand is not noticed; only a clean room, which has its own install, is proof against that.
 */
export function installFacts(room: string): string {
  const packages = join(room, "node_modules");
  const venv = join(room, ".venv");
  const lib = namesInNow(join(venv, "lib"));
  const facts = [
    ...packageFolders(packages).map((name) => factsOf(join(packages, name, "package.json"), name)),
    ...[packages, venv]
      .map((folder) => (folder === packages ? join(folder, ".bin") : join(folder, "bin")))
      .map(programs),
    ...lib.map((name) => factsOf(join(venv, "lib", name, "site-packages"), name)),
  ];
  const found = facts.flat().sort();
  return found.length === 0 ? "" : createHash("sha256").update(found.join("\n")).digest("hex");
}

function packageFolders(packages: string): string[] {
  const names = namesInNow(packages).filter((name) => !name.startsWith("."));
  const scoped = names.filter((name) => name.startsWith("@"));
  const inside = scoped.flatMap((scope) =>
    namesInNow(join(packages, scope)).map((name) => `${scope}/${name}`),
  );
  return [...names.filter((name) => !name.startsWith("@")), ...inside];
}

function programs(folder: string): string[] {
  return namesInNow(folder).flatMap((name) => factsOf(join(folder, name), name));
}

function factsOf(path: string, name: string): string[] {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    // A package without package.json is none that a package manager has installed.
    return found ? [`${name} ${found.size} ${found.mtimeNs}`] : [];
  } catch {
    return []; // out of sight, as below a file
  }
}
