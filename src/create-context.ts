import { realpathSync, statSync } from "node:fs";
import { homedir, hostname, availableParallelism, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { customAlphabet } from "nanoid";
import type { Environment, Home, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import type { Git } from "./git/git.ts";
import type { Actor } from "./model/event.ts";
import { admitProject, findProject, renewIdentity } from "./open-project.ts";
import type { ContextRequest, OpenContext } from "./operations/open-context.ts";
import type { Store } from "./store/store.ts";

/** The world that contexts are made in; tests have a clock, ids and a home of their own. */
export interface World {
  readonly env: Environment;
  readonly cwd: string;
  now(): Date;
  /** Ten letters and digits that nobody has had before. */
  unique(): string;
  /** Name of the user, as the operating system has it. */
  readonly user: string;
  readonly host: string;
  readonly cores: number;
}

/** The real world. */
export function realWorld(env: Environment, cwd: string): World {
  const unique = customAlphabet("0123456789abcdefghijklmnopqrstuvwxyz", 10);
  return {
    env,
    cwd,
    now: () => new Date(),
    unique,
    get user() {
      return userName(env);
    },
    get host() {
      return hostname();
    },
    get cores() {
      return availableParallelism();
    },
  };
}

function userName(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    return env["USER"] ?? "unknown"; // a user id without an entry, as containers have it
  }
}

/** The places below CALM_HOME; Failure invalid_environment when it is not absolute. */
export function findHome(env: Environment): Home {
  const root = env["CALM_HOME"] ?? join(env["HOME"] ?? homedir(), ".calm");
  const database = env["CALM_DB_PATH"] ?? join(root, "metadata.db");
  for (const [name, path] of Object.entries({ CALM_HOME: root, CALM_DB_PATH: database })) {
    if (isAbsolute(path)) continue;
    throw new Failure(
      "invalid_environment",
      `${name} must be an absolute path, not ${JSON.stringify(path)}`,
      {
        hint: `Set it: export ${name}="$HOME/.calm"`,
      },
    );
  }
  const below = (name: string): string => join(root, name);
  return { root, database, slots: below("slots"), logs: below("logs"), roles: below("roles") };
}

function findDirectory(cwd: string, named: string | undefined): string {
  const path = resolve(cwd, named ?? ".");
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(path);
  throw new Failure("directory_not_found", `There is no directory ${path}`, {
    hint: "Check the path after -C",
  });
}

function findActor(world: World, request: ContextRequest): Actor {
  const { user, env } = world;
  const channel = request.channel === "cli" && request.prompts.interactive ? "terminal" : request.channel;
  const worker = env["CALM_WORKER"];
  const name = request.actor ?? env["CALM_ACTOR"] ?? (worker ? `worker:${worker}` : `user:${user}`);
  return { name, channel, user, ...(worker && { worker }) };
}

/** Wires the Context of one call; nothing is opened before it is asked for. */
export function createContext(world: World, request: ContextRequest): OpenContext {
  const { env } = world;
  const home = findHome(env);
  const cwd = findDirectory(world.cwd, request.directory);
  const named = request.project ?? env["CALM_PROJECT"];
  const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
  };
  const now = (): string => world.now().toISOString();
  const actor = findActor(world, request);
  const { host } = world;
  const fresh = (): string => `P-${world.unique()}${world.unique()}`;
  const opened: Store[] = [];
  const project = once(async (): Promise<Project> => {
    const directory = named === undefined ? cwd : await findNamed(home, named, host, world);
    return findProject(directory, env, fresh());
  });
  const store = once(async (): Promise<Store> => {
    const [{ openOrCreate }, { createStore }, { ownIdentity }] = await Promise.all([
      import("./store/open-database.ts"),
      import("./store/store.ts"),
      import("./system/process-identity.ts"),
    ]);
    const found = await project();
    const database = openOrCreate(home.database, world.unique());
    const stamp = { operation: request.operation, actor, host, process: ownIdentity(), now };
    const made = createStore(database, found.id, stamp);
    opened.push(made);
    await admitProject(made, found, host);
    return made;
  });
  const git = once(async (): Promise<Git> => {
    const { createGit } = await import("./git/create-git.ts");
    const { commonDir, root, bare } = await project();
    return createGit({ commonDir, root: bare ? undefined : root, env });
  });
  return {
    ...{ operation: request.operation, cwd, env, home, actor, host, now, project, store, git },
    cores: world.cores,
    signal: request.signal,
    newId: (prefix) => `${prefix}-${world.unique()}`,
    renewIdentity: async () => {
      renewIdentity((await findProject(cwd, env, fresh())).commonDir, fresh());
    },
    warn: (message) => {
      request.warn(message);
    },
    progress: (message) => {
      request.progress(message);
    },
    ...questions(request),
    close: async () => {
      for (const one of opened) await one.close();
    },
  };
}

function questions({ prompts }: ContextRequest): Pick<OpenContext, "interactive" | "confirm" | "askPerson"> {
  return {
    get interactive() {
      return prompts.interactive;
    },
    confirm: async (question, yes) => {
      if (yes) return;
      if (!prompts.interactive) {
        throw new Failure("needs_yes", `${question} Nobody is at a terminal to answer`, {
          hint: "Say yes in advance: run the same command with --yes",
        });
      }
      if (!(await prompts.confirm(question))) throw notConfirmed();
    },
    askPerson: async ({ question, word, command }) => {
      if (!prompts.interactive) {
        throw new Failure("needs_person", "Only a person at a terminal may do this", {
          hint: `A person runs: ${command}`,
        });
      }
      if (!(await prompts.typeWord(question, word))) throw notConfirmed();
    },
  };
}

function notConfirmed(): Failure {
  return new Failure("not_confirmed", "Not confirmed; nothing was done", {
    hint: "Run the command again to decide",
  });
}

/** The directory of a project that is named by path, id or name. */
async function findNamed(home: Home, named: string, host: string, world: World): Promise<string> {
  const path = resolve(world.cwd, named);
  if (named.includes("/") || named.startsWith(".")) return findDirectory(world.cwd, named);
  const [{ openOrCreate }, { queriesOf }, { findRoots }] = await Promise.all([
    import("./store/open-database.ts"),
    import("./store/sqlite.ts"),
    import("./store/projects.ts"),
  ]);
  const db = queriesOf(openOrCreate(home.database, world.unique()));
  const roots = await findRoots(db, named, host);
  await db.destroy();
  const present = roots.filter((root) => statSync(root, { throwIfNoEntry: false }) !== undefined);
  if (present.length === 1 && present[0] !== undefined) return present[0];
  if (present.length === 0 && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  const message =
    present.length > 1
      ? `Several projects are called ${named}: ${present.join(", ")}`
      : `There is no project ${named}`;
  throw new Failure("project_not_found", message, { hint: "Name it by its path: --project <path>" });
}
