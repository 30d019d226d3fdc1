import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join, relative } from "node:path";
import type { Variables } from "./environment.ts";
import { isWithin, otherCheckout, placeOf, type Whereabouts } from "./whereabouts.ts";

/** Where programs and interpreters look: folders or archives, one after the other. */
const searchPaths = ["PATH", "PYTHONPATH", "NODE_PATH", "RUBYLIB", "PERL5LIB", "CLASSPATH", "GEM_PATH"];

/** What names one place that tools install to or load from. */
const places = [
  ...["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT"],
  ...["BUNDLE_GEMFILE", "BUNDLE_PATH"],
];

/** What only says where the outer shell or npm stands: wrong here, and no loss. */
const standing = ["PWD", "OLDPWD", "INIT_CWD", "npm_config_local_prefix", "npm_package_json"];

/** An environment that leads into no other working tree of the project. */
export interface OwnEnvironment {
  readonly env: Variables;
  /** What was taken out of it, for people: `PATH /repo/node_modules/.bin`. */
  readonly leftOut: readonly string[];
}

/**
 * Takes out of an environment what leads into other working trees of the project, as the shell of a person has it who
 * has activated an environment there; what the room has at the same place takes its place.
 */
export function ownEnvironment(inherited: Variables, where: Whereabouts): OwnEnvironment {
  const env: Record<string, string | undefined> = { ...inherited };
  const leftOut: string[] = [];
  const replace = (name: string, path: string): string | undefined => {
    const same = sameInRoom(name, path, inherited["HOME"], where);
    if (same === undefined) return path;
    if (existsSync(same)) return same;
    if (existsSync(path)) leftOut.push(`${name} ${path}`);
    return undefined;
  };
  for (const name of searchPaths) {
    const value = inherited[name];
    if (value === undefined) continue;
    const kept = value.split(delimiter).map((path) => replace(name, path));
    const rest = kept.filter((path) => path !== undefined).join(delimiter);
    env[name] = rest === "" && value !== "" && name !== "PATH" ? undefined : rest;
  }
  for (const name of places) {
    const value = inherited[name];
    if (value !== undefined) env[name] = replace(name, value);
  }
  for (const name of standing) {
    const value = inherited[name];
    if (value !== undefined && otherCheckout(where, placeOf(value) ?? value)) env[name] = undefined;
  }
  const options = inherited["NODE_OPTIONS"];
  const loaded = options === undefined ? undefined : mentioned(options, where);
  if (loaded !== undefined) {
    env["NODE_OPTIONS"] = undefined;
    leftOut.push(`NODE_OPTIONS ${options ?? ""}`);
  }
  return { env, leftOut };
}

/** What an entry that leads into another working tree would be in the room; undefined for any other entry. */
function sameInRoom(
  name: string,
  path: string,
  home: string | undefined,
  where: Whereabouts,
): string | undefined {
  if (!isAbsolute(path)) return undefined;
  const real = placeOf(path) ?? path;
  const named = otherCheckout(where, path);
  const checkout = named ?? otherCheckout(where, real);
  if (checkout === undefined) return undefined;
  // Where the home directory itself is under version control, tools of the whole machine lie in the main checkout.
  const holdsHome = home !== undefined && isWithin(checkout, placeOf(home) ?? home);
  if (holdsHome && name === "PATH" && !isInstall(real)) return undefined;
  return join(where.room, relative(checkout, named === undefined ? real : path));
}

/** Whether a folder of programs is that of node_modules or of a virtual environment. */
function isInstall(folder: string): boolean {
  return folder.split("/").includes("node_modules") || existsSync(join(folder, "..", "pyvenv.cfg"));
}

/** A path in the options of Node that leads into another working tree. */
function mentioned(options: string, where: Whereabouts): string | undefined {
  const paths = options.split(/[\s"'=]+/).map((word) => word.replace(/^file:\/\//, ""));
  return paths.find((path) => isAbsolute(path) && otherCheckout(where, placeOf(path) ?? path));
}
