import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { baseRole, builtinRoles } from "../model/worker.ts";
import { readBuiltinPrompt } from "./builtin-prompts.ts";
import { readRoleFile, unreadableRole } from "./read-role-file.ts";

/** A role and its prompt, placeholders and all. */
export interface Role {
  readonly name: string;
  readonly text: string;
  /** The file it stands in; undefined = calm's own. */
  readonly path: string | undefined;
}

/** A folder of role files, and the names of the roles in it. */
interface RoleFolder {
  readonly path: string;
  /** The folders on the way that belong to the repository, and so may be no symbolic links. */
  readonly within: readonly string[];
  readonly names: readonly string[];
}

/** A name that can be typed as an argument and leads out of no folder. */
const roleName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The role of a name, or `_base`: from CALM_HOME/roles, else the repository's .claude/roles, else calm's own. */
export async function findRole(context: Context, name: string): Promise<Role> {
  const folders = await roleFolders(context);
  const folder = folders.find(({ names }) => names.includes(name));
  if (folder) {
    const path = join(folder.path, `${name}.md`);
    return { name, path, text: await readRoleFile(path, folder.within) };
  }
  const text = await readBuiltinPrompt(name);
  if (text !== undefined) return { name, path: undefined, text };
  throw roleNotFound(name, folders);
}

/** The role of a name that a worker can work in, which `_base` is not. */
export async function findWorkingRole(context: Context, name: string): Promise<Role> {
  if (name === baseRole) throw roleNotFound(name, await roleFolders(context));
  return findRole(context, name);
}

async function roleFolders(context: Context): Promise<RoleFolder[]> {
  const { root, bare } = await context.project();
  const claude = join(root, ".claude");
  const ofRepository = { path: join(claude, "roles"), within: [claude, join(claude, "roles")] };
  const places = [{ path: context.home.roles, within: [] }, ...(bare ? [] : [ofRepository])];
  return Promise.all(places.map(async (place) => ({ ...place, names: await namesOfRoles(place.path) })));
}

async function namesOfRoles(folder: string): Promise<string[]> {
  const files = await filesIn(folder);
  const names = files.flatMap((file) => (file.endsWith(".md") ? [file.slice(0, -".md".length)] : []));
  return names.filter((name) => name === baseRole || roleName.test(name));
}

/** Neither folder needs to exist; one that cannot be read might hold what is looked for. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw unreadableRole(folder, `cannot be read: ${error.message}`, error);
  }
}

function roleNotFound(name: string, folders: readonly RoleFolder[]): Failure {
  const found = [...builtinRoles, ...folders.flatMap(({ names }) => names)];
  const known = [...new Set<string>(found)].filter((one) => one !== baseRole).sort();
  const near = name === baseRole ? undefined : closest(name, known);
  const all = `The roles are ${known.join(", ")}`;
  const base = `${baseRole} is what every role begins with; nobody works in it`;
  return new Failure("role_not_found", name === baseRole ? base : `There is no role ${name}`, {
    hint: near === undefined ? all : `Did you mean ${near}? ${all}`,
    details: { known },
  });
}
