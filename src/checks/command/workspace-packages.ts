import { posix } from "node:path";
import picomatch from "picomatch";
import * as z from "zod/mini";
import type { TreeReader } from "./definition.ts";

const globs = z.array(z.string());
const versions = z.catch(z.record(z.string(), z.unknown()), {});
const Package = z.object({
  name: z.catch(z.optional(z.string()), undefined),
  workspaces: z.catch(z.union([globs, z.object({ packages: globs })]), []),
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
type Package = z.output<typeof Package>;

/** Packages that a folder of the commit asks Node for by name. */
export interface WantedPackages {
  /** Folder below the root of the tree; "" = the root. */
  readonly from: string;
  readonly names: readonly string[];
}

/**
 * The packages that a commit names for what runs in a folder: in the package.json there or in the next folder above,
 * and in those of its workspace's members. `paths` gives the paths of all files; it is asked only where there is one.
 */
export async function wantedPackages(
  tree: TreeReader,
  folder: string,
  paths: () => Promise<readonly string[]>,
): Promise<WantedPackages[]> {
  const root = await packageFolder(tree, folder);
  const own = root === undefined ? undefined : await readPackage(tree, root);
  if (root === undefined || !own) return [];
  const wanted = [{ from: root, names: dependenciesOf(own) }];
  const members: string[] = [];
  for (const member of await memberFolders(tree, root, own, paths)) {
    const found = await readPackage(tree, member);
    if (!found) continue;
    wanted.push({ from: member, names: dependenciesOf(found) });
    if (found.name !== undefined) members.push(found.name);
  }
  // A package manager links the members to the root, whether a package.json asks for them or not.
  return [...wanted, { from: root, names: members }];
}

function dependenciesOf({ dependencies, devDependencies, optionalDependencies }: Package): string[] {
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

async function packageFolder(tree: TreeReader, folder: string): Promise<string | undefined> {
  if ((await tree.read(posix.join(folder, "package.json"))) !== undefined) return folder;
  return folder === "" ? undefined : packageFolder(tree, posix.dirname(folder).replace(/^\.$/, ""));
}

async function readPackage(tree: TreeReader, folder: string): Promise<Package | undefined> {
  const text = await tree.read(posix.join(folder, "package.json"));
  if (text === undefined) return undefined;
  try {
    return z.safeParse(Package, JSON.parse(text.replace(/^\uFEFF/, ""))).data;
  } catch {
    return undefined; // no JSON: neither Node nor a package manager will read names in it
  }
}

/** The folders of a workspace's members: by the globs of package.json; pnpm keeps them in a file of its own. */
async function memberFolders(
  tree: TreeReader,
  root: string,
  { workspaces }: Package,
  paths: () => Promise<readonly string[]>,
): Promise<string[]> {
  const named = (Array.isArray(workspaces) ? workspaces : workspaces.packages).map((glob) =>
    glob.replace(/^\.\/|\/+$/g, ""),
  );
  const isPnpm = (await tree.read(posix.join(root, "pnpm-workspace.yaml"))) !== undefined;
  if (named.length === 0 && !isPnpm) return [];
  const isMember = named.length === 0 ? () => true : picomatch(named);
  const prefix = root === "" ? "" : `${root}/`;
  return (await paths())
    .filter((path) => path.startsWith(prefix) && path.endsWith("/package.json"))
    .map((path) => posix.dirname(path))
    .filter((member) => member !== root && isMember(member.slice(prefix.length)));
}
