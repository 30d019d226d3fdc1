import { homedir, hostname, availableParallelism, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
// Without node:crypto, which costs each start 5 ms: these ids are unique, they are no secrets.
import { customAlphabet } from "nanoid/non-secure";
import type { Environment, Home, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import type { Git } from "./git/git.ts";
import type { Actor } from "./model/event.ts";
import type { ContextRequest, OpenContext } from "./operations/open-context.ts";
import { questions } from "./operations/questions.ts";
import type { Store } from "./store/store.ts";
import { realDirectory } from "./system/real-directory.ts";

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
        hint: `Set it: export ${name}="/home/you/.calm${name === "CALM_HOME" ? "" : "/metadata.db"}"`,
      },
    );
  }
  const below = (name: string): string => join(root, name);
  const folders = { backups: below("backups"), slots: below("slots") };
  return { root, database, ...folders, logs: below("logs"), roles: below("roles") };
}

function findDirectory(cwd: string, named: string | undefined): string {
  const path = resolve(cwd, named ?? ".");
  const found = realDirectory(path);
  if (found !== undefined) return found;
  const message = `There is no directory ${path}`;
  throw new Failure("directory_not_found", message, { hint: "Check the path after -C" });
}

function findActor(world: World, request: ContextRequest): Actor {
  const { user, env } = world;
  const channel = request.channel === "cli" && request.prompts.interactive ? "terminal" : request.channel;
  const worker = env["CALM_WORKER"];
  const name = request.actor ?? env["CALM_ACTOR"] ?? (worker ? `worker:${worker}` : `user:${user}`);
  return { name, channel, user, ...(worker && { worker }) };
}

const projects = () => import("./open-project.ts");

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** What a call knows before anything is opened. */
interface Call {
  readonly world: World;
  readonly operation: string;
  readonly home: Home;
  readonly cwd: string;
  readonly actor: Actor;
  /** The project as it is named, by flag or environment. */
  readonly named: string | undefined;
  readonly now: () => string;
  readonly warn: (message: string) => void;
}

async function openGit(project: Project, env: Environment): Promise<Git> {
  const { createGit } = await import("./git/create-git.ts");
  const { commonDir, root, bare } = (await projects()).requireRepository(project);
  return createGit({ commonDir, root: bare ? undefined : root, env });
}

type Late = "project" | "projectAt" | "store" | "storeBeyondLease" | "git" | "renewIdentity" | "close";

/** Project, store and git of a call; each is opened when it is first asked for. */
function openLate(call: Call): Pick<OpenContext, Late> {
  const { world, operation, home, cwd, actor, named, now, warn } = call;
  const { host } = world;
  const fresh = (): string => `P-${world.unique()}${world.unique()}`;
  const opened: Store[] = [];
  const locate = async (): Promise<Project> => {
    const { findNamed, findProject } = await projects();
    const place = named === undefined ? cwd : await findNamed(named, world, home.database);
    return typeof place === "string" ? findProject(place, world, home.database, fresh()) : place;
  };
  const projectAt = async (directory: string, keep: boolean): Promise<Project | undefined> =>
    (await projects()).findProjectAt(directory, world, home.database, fresh(), keep);
  const open = async (found: Project): Promise<Store> => {
    const unique = world.unique();
    const stamp = { operation, run: unique, actor, host, now };
    const made = await (await projects()).openStore(found, home.database, unique, stamp);
    opened.push(made);
    return made;
  };
  const project = once(locate);
  const storeBeyondLease = once(async (): Promise<Store> => {
    const found = await project();
    return (await projects()).admitProject(await open(found), found, host);
  });
  const store = once(async (): Promise<Store> => {
    const { worker } = actor;
    if (worker === undefined) return storeBeyondLease();
    return (await import("./store/hold-lease.ts")).holdLease(await storeBeyondLease(), worker, now, warn);
  });
  const git = once(async () => openGit(await project(), world.env));
  const renewIdentity = async (): Promise<void> => {
    const found = await locate();
    await (await projects()).renewIdentity(await open(found), found, host, fresh());
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((one) => one.close()));
  };
  return { project, projectAt, store, storeBeyondLease, git, renewIdentity, close };
}

/** Wires the Context of one call; nothing is opened before it is asked for. */
export function createContext(world: World, request: ContextRequest): OpenContext {
  const { env } = world;
  const { operation, signal } = request;
  const home = findHome(env);
  const cwd = findDirectory(world.cwd, request.directory);
  const actor = findActor(world, request);
  const named = request.project ?? env["CALM_PROJECT"];
  const now = (): string => world.now().toISOString();
  const warn = request.warn.bind(request);
  return {
    ...{ operation, cwd, env, home, actor, now, signal, warn, host: world.host, cores: world.cores },
    newId: (prefix) => `${prefix}-${world.unique()}`,
    ...openLate({ world, operation, home, cwd, actor, named, now, warn }),
    inProject: async (directory, work) => {
      const there = createContext(world, { ...request, directory, project: directory });
      try {
        return await work(there);
      } finally {
        await there.close();
      }
    },
    progress: request.progress.bind(request),
    begin: (name) => request.begin(name, now),
    ...questions(request.prompts),
  };
}
