import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Environment, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import { locateRepository } from "./git/location.ts";
import { type Checkout, forgetCheckout, listCheckouts, registerProject } from "./store/projects.ts";
import type { Store } from "./store/store.ts";

const idPattern = /^P-[a-z0-9]{10,40}$/;

function identityPath(commonDir: string): string {
  return join(commonDir, "calm", "project");
}

function readIdentity(commonDir: string): string | undefined {
  try {
    const text = readFileSync(identityPath(commonDir), "utf8").trim();
    return idPattern.test(text) ? text : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The id of a repository, kept in its common git directory; made on first use, by one of any number of processes. */
function ensureIdentity(commonDir: string, fresh: string): string {
  const known = readIdentity(commonDir);
  if (known !== undefined) return known;
  mkdirSync(join(commonDir, "calm"), { recursive: true });
  const path = identityPath(commonDir);
  const aside = `${path}.${fresh}`;
  writeFileSync(aside, `${fresh}\n`);
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  const made = readIdentity(commonDir);
  if (made !== undefined) return made;
  throw new Failure("file_failed", `${path} does not hold a project's id`, { hint: `Remove it: rm ${path}` });
}

/** Gives a repository a new id, as a copy needs it. */
export function renewIdentity(commonDir: string, fresh: string): void {
  rmSync(identityPath(commonDir), { force: true });
  ensureIdentity(commonDir, fresh);
}

/** The project of a directory, found from files alone; Failure not_a_repository outside of one. */
export async function findProject(directory: string, env: Environment, fresh: string): Promise<Project> {
  const found = await locateRepository(directory, env);
  if (!found) {
    throw new Failure("not_a_repository", `${directory} is not inside a git repository`, {
      hint: "Go into one, name it with -C <dir>, or make one: git init",
      details: { directory },
    });
  }
  const { commonDir, bare } = found;
  const root = found.root ?? commonDir;
  const name = basename(root === commonDir ? commonDir.replace(/\/?\.git$/, "") : root);
  return { id: ensureIdentity(commonDir, fresh), name, commonDir, root, bare };
}

/** Makes the store know this place of the project; refuses a copy whose original is still there. */
export async function admitProject(store: Store, project: Project, host: string): Promise<void> {
  const here: Checkout = { host, common_dir: project.commonDir, root: project.root };
  const known = await listCheckouts(store, host);
  if (known.some((one) => one.common_dir === here.common_dir && one.root === here.root)) return;
  const others = known.filter((one) => one.common_dir !== here.common_dir);
  const original = others.find((one) => isOriginal(one.common_dir, project));
  if (original) {
    throw new Failure(
      "repository_copied",
      `${project.root} is a copy of ${original.root}, which is still there`,
      {
        hint: "Give the copy a project of its own: calm init --as-new",
        details: { original: original.root, copy: project.root, project: project.id },
      },
    );
  }
  await store.housekeep(async (tx) => {
    // The repository has moved; where it was there is nothing of it any more.
    for (const gone of others) await forgetCheckout(tx, gone);
    await registerProject(tx, project.name, here);
  });
}

/** True when another place holds the same id and is not this very directory under another name. */
function isOriginal(commonDir: string, project: Project): boolean {
  if (readIdentity(commonDir) !== project.id) return false;
  const [there, here] = [statSync(commonDir), statSync(project.commonDir)];
  return there.ino !== here.ino || there.dev !== here.dev;
}
