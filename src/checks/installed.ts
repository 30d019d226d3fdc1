import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

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
export async function installFacts(room: string): Promise<string> {
  const packages = join(room, "node_modules");
  const venv = join(room, ".venv");
  const lib = await namesIn(join(venv, "lib"));
  const facts = await Promise.all([
    ...(await packageFolders(packages)).map((name) => factsOf(join(packages, name, "package.json"), name)),
    ...[packages, venv]
      .map((folder) => (folder === packages ? join(folder, ".bin") : join(folder, "bin")))
      .map(programs),
    ...lib.map((name) => factsOf(join(venv, "lib", name, "site-packages"), name)),
  ]);
  const found = facts.flat().sort();
  return found.length === 0 ? "" : createHash("sha256").update(found.join("\n")).digest("hex");
}

async function packageFolders(packages: string): Promise<string[]> {
  const names = (await namesIn(packages)).filter((name) => !name.startsWith("."));
  const scoped = names.filter((name) => name.startsWith("@"));
  const inside = await Promise.all(
    scoped.map(async (scope) => (await namesIn(join(packages, scope))).map((name) => `${scope}/${name}`)),
  );
  return [...names.filter((name) => !name.startsWith("@")), ...inside.flat()];
}

async function programs(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return (await Promise.all(names.map((name) => factsOf(join(folder, name), name)))).flat();
}

async function factsOf(path: string, name: string): Promise<string[]> {
  try {
    const { size, mtimeNs } = await stat(path, { bigint: true });
    return [`${name} ${size} ${mtimeNs}`];
  } catch {
    return []; // absent; a package without package.json is none that a package manager has installed
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []); // nothing installed there
}
