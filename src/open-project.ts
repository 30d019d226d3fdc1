import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Environment, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import { locateRepository } from "./git/location.ts";
import {
  type Checkout,
  findRoots,
  forgetCheckout,
  listCheckouts,
  registerProject,
} from "./store/projects.ts";
import type { Stamp, Store } from "./store/store.ts";
import { realDirectory } from "./system/real-directory.ts";

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
  try {
    return readIdentity(commonDir) ?? makeIdentity(commonDir, fresh);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure("file_failed", `The project's id cannot be kept in ${commonDir}: ${message}`, {
      hint: `Make the folder readable and writable: ls -ld ${join(commonDir, "calm")}`,
      cause: error,
    });
  }
}

function makeIdentity(commonDir: string, fresh: string): string {
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

/** Gives a copy an id of its own; a repository that is known under its id keeps it, and its tasks. */
export async function renewIdentity(
  store: Store,
  project: Project,
  host: string,
  fresh: string,
): Promise<void> {
  const known = await listCheckouts(store, host);
  if (known.some((one) => one.common_dir === project.commonDir)) return;
  rmSync(identityPath(project.commonDir), { force: true });
  ensureIdentity(project.commonDir, fresh);
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

/** The store, which now knows this place of the project; refuses a copy whose original is still there. */
export async function admitProject(store: Store, project: Project, host: string): Promise<Store> {
  const here: Checkout = { host, common_dir: project.commonDir, root: project.root };
  const known = await listCheckouts(store, host);
  if (known.some((one) => one.common_dir === here.common_dir && one.root === here.root)) return store;
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
  return store;
}

/** True when another place holds the same id and is not this very directory under another name. */
function isOriginal(commonDir: string, project: Project): boolean {
  if (readIdentity(commonDir) !== project.id) return false;
  const [there, here] = [statSync(commonDir), statSync(project.commonDir)];
  return there.ino !== here.ino || there.dev !== here.dev;
}

/** What finding a project by its name needs to know of the world. */
interface Surroundings {
  readonly cwd: string;
  readonly host: string;
  unique(): string;
}

/** The directory of a project that is named by path, id or name; Failure project_not_found. */
export async function findNamed(named: string, around: Surroundings, database: string): Promise<string> {
  const path = resolve(around.cwd, named);
  const isPath = named.includes("/") || named.startsWith(".");
  const roots = isPath
    ? []
    : (await rootsOf(named, around, database)).filter((root) => realDirectory(root) !== undefined);
  const [root] = roots;
  if (root !== undefined && roots.length === 1) return root;
  if (root === undefined && realDirectory(path) !== undefined) return path;
  const nothing = isPath ? `There is no directory ${path}` : `There is no project ${named}`;
  const several = `Several projects are called ${named}: ${roots.join(", ")}`;
  throw new Failure("project_not_found", root === undefined ? nothing : several, {
    hint: "Name it by its path: --project <path>",
  });
}

async function rootsOf(named: string, around: Surroundings, database: string): Promise<string[]> {
  const [{ openOrCreate }, { queriesOf }] = await Promise.all([
    import("./store/open-database.ts"),
    import("./store/sqlite.ts"),
  ]);
  const db = queriesOf(openOrCreate(database, around.unique()));
  try {
    return await findRoots(db, named, around.host);
  } finally {
    await db.destroy();
  }
}

/** Opens the memory of a project, which need not be admitted yet; `unique` names the file it is built in. */
export async function openStore(
  project: Project,
  database: string,
  unique: string,
  stamp: Omit<Stamp, "process">,
): Promise<Store> {
  const [{ openOrCreate }, { createStore }, { ownIdentity }] = await Promise.all([
    import("./store/open-database.ts"),
    import("./store/store.ts"),
    import("./system/process-identity.ts"),
  ]);
  return createStore(openOrCreate(database, unique), project.id, { ...stamp, process: ownIdentity() });
}
