import { realpathSync, statSync } from "node:fs";
import { homedir, hostname, availableParallelism, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
// Without node:crypto, which costs each start 5 ms: these ids are unique, they are no secrets.
import { customAlphabet } from "nanoid/non-secure";
import type { Environment, Home, Project } from "./context.ts";
import { Failure } from "./failure.ts";
import type { Git } from "./git/git.ts";
import type { Actor } from "./model/event.ts";
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
        hint: `Set it: export ${name}="/home/you/.calm${name === "CALM_HOME" ? "" : "/metadata.db"}"`,
      },
    );
  }
  return { root, database, slots: join(root, "slots"), logs: join(root, "logs"), roles: join(root, "roles") };
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
}

type Late = Pick<OpenContext, "project" | "projectAt" | "store" | "git" | "renewIdentity" | "close">;
/** Project, store and git of a call; each is opened when it is first asked for. */
function openLate(call: Call): Late {
  const { world, operation, home, cwd, actor, named, now } = call;
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
    const stamp = { operation, actor, host, now };
    const made = await (await projects()).openStore(found, home.database, world.unique(), stamp);
    opened.push(made);
    return made;
  };
  const project = once(locate);
  const store = once(async (): Promise<Store> => {
    const made = await open(await project());
    await (await projects()).admitProject(made, await project(), host);
    return made;
  });
  const git = once(async (): Promise<Git> => {
    const { createGit } = await import("./git/create-git.ts");
    const { commonDir, root, bare } = (await projects()).requireRepository(await project());
    return createGit({ commonDir, root: bare ? undefined : root, env: world.env });
  });
  const renewIdentity = async (): Promise<void> => {
    const found = await locate();
    await (await projects()).renewIdentity(await open(found), found, host, fresh());
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((one) => one.close()));
  };
  return { project, projectAt, store, git, renewIdentity, close };
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
  return {
    ...{ operation, cwd, env, home, actor, now, signal },
    ...{ host: world.host, cores: world.cores },
    newId: (prefix) => `${prefix}-${world.unique()}`,
    ...openLate({ world, operation, home, cwd, actor, named, now }),
    warn: (message) => {
      request.warn(message);
    },
    progress: (message) => {
      request.progress(message);
    },
    ...questions(request),
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
