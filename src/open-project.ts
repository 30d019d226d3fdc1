import { rmSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Environment, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import { locateRepository } from "./git/location.ts";
import { shellQuote } from "./model/shell-quote.ts";
import { ensureIdentity, identityPath, readIdentity } from "./project-identity.ts";
import {
  type Checkout,
  findMissing,
  findRoots,
  forgetCheckout,
  listCheckouts,
  registerProject,
} from "./store/projects.ts";
import type { Queries } from "./store/queries.ts";
import type { Stamp, Store } from "./store/store.ts";
import { realDirectory } from "./system/real-directory.ts";

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

/** The project of a directory, if there is one; `keep` gives a repository that has none an id that lasts. */
export async function findProjectAt(
  directory: string,
  around: Surroundings,
  database: string,
  fresh: string,
  keep: boolean,
): Promise<Project | undefined> {
  if (realDirectory(directory) === undefined || !(await locateRepository(directory, around.env)))
    return undefined;
  return findProject(directory, around, database, fresh, keep);
}

/** The project of a directory, found from files alone; Failure not_a_repository outside of one. */
export async function findProject(
  directory: string,
  around: Surroundings,
  database: string,
  fresh: string,
  keep = true,
): Promise<Project> {
  const found = await locateRepository(directory, around.env);
  if (!found) {
    throw new Failure("not_a_repository", `${directory} is not inside a git repository`, {
      hint: "Go into one, name it with -C <dir>, or make one: git init",
      details: { directory },
    });
  }
  const { commonDir, bare } = found;
  const root = found.root ?? commonDir;
  const name = basename(root === commonDir ? commonDir.replace(/\/?\.git$/, "") : root);
  const known = readIdentity(commonDir) ?? (await findWaiting(root, around, database)) ?? fresh;
  return { id: keep ? ensureIdentity(commonDir, known) : known, name, commonDir, root, bare };
}

/** The id under which tasks of this place were taken over before its repository was there. */
async function findWaiting(
  root: string,
  around: Surroundings,
  database: string,
): Promise<string | undefined> {
  if (statSync(database, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    return (await askProjects(around, database, (db) => findMissing(db, around.host, { root })))?.id;
  } catch (error) {
    // Whoever opens the database next says what is wrong with it; not every command does.
    if (error instanceof Failure) return undefined;
    throw error;
  }
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
  // A place without a git directory was only heard of.
  if (commonDir === "") return false;
  if (readIdentity(commonDir) !== project.id) return false;
  const [there, here] = [statSync(commonDir), statSync(project.commonDir)];
  return there.ino !== here.ino || there.dev !== here.dev;
}

/** What finding a project by its name needs to know of the world. */
interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  readonly host: string;
  unique(): string;
}

/**
 * The directory of a project that is named by path, id or name, or the project itself where its repository is not on
 * this machine; Failure project_not_found.
 */
export async function findNamed(
  named: string,
  around: Surroundings,
  database: string,
): Promise<string | Project> {
  const path = resolve(around.cwd, named);
  const isPath = named.includes("/") || named.startsWith(".");
  const known = isPath ? [] : await askProjects(around, database, (db) => findRoots(db, named, around.host));
  const roots = known.filter((one) => realDirectory(one) !== undefined);
  const [root] = roots;
  if (root !== undefined && roots.length === 1) return root;
  if (root === undefined && realDirectory(path) !== undefined) return path;
  const missing =
    known.length === 0
      ? undefined
      : await askProjects(around, database, (db) => findMissing(db, around.host, { nameOrId: named }));
  if (root === undefined && missing) return { ...missing, commonDir: "", bare: false };
  const nothing = isPath ? `There is no directory ${path}` : `There is no project ${named}`;
  const several = `Several projects are called ${named}: ${roots.join(", ")}`;
  throw new Failure("project_not_found", root === undefined ? nothing : several, {
    hint: "Name it by its path: --project <path>",
  });
}

/** Asks the database before a project is chosen. */
async function askProjects<T>(
  around: Surroundings,
  database: string,
  ask: (db: Queries) => Promise<T>,
): Promise<T> {
  const [{ openOrCreate }, { queriesOf }] = await Promise.all([
    import("./store/open-database.ts"),
    import("./store/queries.ts"),
  ]);
  const db = queriesOf(openOrCreate(database, around.unique()));
  try {
    return await ask(db);
  } finally {
    db.close();
  }
}

/** Refuses a project that is only remembered: its repository is not on this machine. */
export function requireRepository(project: Project): Project {
  if (project.commonDir !== "") return project;
  throw new Failure(
    "project_not_found",
    `The repository of ${project.name} is not on this machine: ${project.root}`,
    {
      hint: `Clone it there, then go on in it: cd ${shellQuote(project.root)}`,
      details: { project: project.id, root: project.root },
    },
  );
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
