import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join, posix } from "node:path";
import * as z from "zod/mini";
import { runTool, type ToolResult } from "../../system/spawn.ts";
import type { Borrowed } from "./borrowed-packages.ts";
import type { TreeReader } from "./definition.ts";
import { frontFolders } from "./import-folders.ts";
import { otherCheckout, placeOf, type Whereabouts } from "./whereabouts.ts";

/** What Python's search for modules depends on. */
interface ModuleSearch {
  readonly where: Whereabouts;
  readonly tree: TreeReader;
  /** The paths of all files; asked only where the folder is a Python project. */
  readonly paths: () => Promise<readonly string[]>;
  /** Folder below the room in which the command runs; "" = the room. */
  readonly folder: string;
  /** The words of the simple command that starts Python. */
  readonly words: readonly string[];
  /** Whether that is known, and not only possible. */
  readonly certain: boolean;
  /** The command's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A module that Python would import from another working tree, or why that could not be found out. */
export type BorrowedModule = Borrowed | { readonly problem: string };

// Asked, not guessed: what .pth files and the finders of editable installs do, only Python itself can tell.
const script = `
import sys
installed = [folder for folder in sys.path if folder]
sys.path[:] = installed
import json
front, names = json.loads(sys.argv[1])
sys.path[:] = front + installed
try:
    from importlib.util import find_spec
except ImportError:
    find_spec = lambda name: None
found = {}
for name in names:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is not None:
        places = [spec.origin] if spec.has_location else list(spec.submodule_search_locations or [])
        found[name] = [place for place in places if isinstance(place, str)]
print(json.dumps(found))
`;
const Found = z.record(z.string(), z.array(z.string()));
const timeout = 20_000;

/** The first of the commit's own modules that Python would import from another working tree's install. */
export async function borrowedModule(search: ModuleSearch): Promise<BorrowedModule | undefined> {
  const names = await ownModules(search);
  const python = names.length === 0 ? undefined : await interpreterOf(search);
  if (python === undefined) return undefined;
  const { where, folder, env, signal } = search;
  const cwd = join(where.room, folder);
  const front = (await frontFolders(search)).map((one) => join(cwd, one));
  const asked = JSON.stringify([front, names]);
  const argv = [python, "-B", "-c", script, asked] as const;
  const answer = await runTool(argv, { cwd, env, signal, timeout }).catch((error: unknown) => {
    signal.throwIfAborted();
    return { exitCode: undefined, stdout: Buffer.alloc(0), stderr: String(error) };
  });
  const found = parseFound(answer);
  // A machine whose Python does not work, or only offers to install one, may well run what needs none.
  if (!search.certain && answer.exitCode !== undefined && answer.exitCode !== 0) return undefined;
  if (typeof found === "string") return { problem: `${python} could not be asked what it imports: ${found}` };
  for (const [name, places] of Object.entries(found)) {
    const place = places.find((one) => otherCheckout(where, placeOf(one) ?? one) !== undefined);
    if (place !== undefined) return { name, place };
  }
  return undefined;
}

/** The places of the modules by name, or why they are not known. */
function parseFound({
  exitCode,
  stdout,
  stderr,
}: Pick<ToolResult, "exitCode" | "stdout" | "stderr">): z.output<typeof Found> | string {
  const last = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
  if (exitCode !== 0) return last(stderr) || `it ended with ${exitCode ?? "a signal"}`;
  try {
    return z.parse(Found, JSON.parse(last(stdout.toString("utf8"))));
  } catch {
    return `it answered ${JSON.stringify(last(stdout.toString("utf8")).slice(0, 200))}`;
  }
}

const noModules = /^(setup|conftest|noxfile|manage|tasks|docs?|tests?|examples?|scripts|node_modules)$/;

const projectFiles = /\.py$|^(pyproject\.toml|setup\.cfg|tox\.ini|Pipfile|requirements.*\.txt)$/;

/** The top-level modules of a Python project, in its folder and below src/, and its packages wherever they lie. */
async function ownModules({ tree, folder, paths }: ModuleSearch): Promise<string[]> {
  const isProject = (await tree.list(folder)).some((name) => projectFiles.test(name));
  const names = packagesAmong(folder, isProject ? await paths() : []);
  for (const base of [folder, folder === "" ? "src" : `${folder}/src`]) {
    for (const entry of await tree.list(base)) {
      const name = entry.replace(/\.py$|\/$/, "");
      if (entry === name) continue;
      // Below src/ a package needs no __init__.py.
      const isNamespace = entry.endsWith("/") && base.endsWith("src");
      const inside = isNamespace ? await tree.list(`${base}/${name}`) : [];
      if ([entry, ...inside].some((one) => one.endsWith(".py"))) names.add(name);
    }
  }
  return [...names].filter((name) => /^[A-Za-z_]\w*$/.test(name) && !noModules.test(name));
}

/** The packages below a folder that lie in no other package: a project may keep them in lib/ or python/. */
function packagesAmong(folder: string, paths: readonly string[]): Set<string> {
  const marker = "/__init__.py";
  const prefix = folder === "" ? "" : `${folder}/`;
  const packages = new Set(
    paths
      .filter((path) => path.startsWith(prefix) && path.endsWith(marker))
      .map((path) => path.slice(0, -marker.length))
      .filter((path) => path !== folder),
  );
  const outermost = [...packages].filter((path) => !packages.has(posix.dirname(path)));
  return new Set(outermost.map((path) => posix.basename(path)));
}

/** The Python that a command starts; undefined where it has one of its own making, or none at all. */
async function interpreterOf({ where, folder, words, env }: ModuleSearch): Promise<string | undefined> {
  const [first = ""] = words;
  const program = basename(first);
  const venv = join(where.room, folder, ".venv/bin/python");
  // uv takes the room's environment and no other; nox, tox and hatch make their own.
  if (program === "uv" || program === "uvx") return existsSync(venv) ? venv : undefined;
  if (/^(nox|tox|hatch|pixi|pdm)$/.test(program)) return undefined;
  // Without an active environment, these have one for each folder.
  if (/^(poetry|pipenv)$/.test(program) && env["VIRTUAL_ENV"] === undefined) return undefined;
  const path = findProgram(first, where, folder, env);
  if (path !== undefined && /^python[\d.]*$/.test(program)) return path;
  const named = path === undefined ? undefined : await shebang(path);
  return named ?? findProgram("python3", where, folder, env);
}

function findProgram(
  name: string,
  { room }: Whereabouts,
  folder: string,
  env: Readonly<Record<string, string>>,
): string | undefined {
  const cwd = join(room, folder);
  if (name.includes("/")) {
    const path = isAbsolute(name) ? name : join(cwd, name);
    return existsSync(path) ? path : undefined;
  }
  const folders = (env["PATH"] ?? "").split(delimiter);
  return folders
    .map((one) => join(isAbsolute(one) ? one : join(cwd, one), name))
    .find((path) => existsSync(path));
}

/** The Python that a script names in its first line. */
async function shebang(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return /^#!\s*(\/\S*\/python[\d.]*)\s*$/m.exec(buffer.subarray(0, bytesRead).toString("latin1"))?.[1];
  } finally {
    await file.close();
  }
}
