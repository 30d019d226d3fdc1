import type { ProjectConfig } from "../../model/config.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import type { TreeReader } from "./definition.ts";
import { packageManager } from "./detect-javascript.ts";
import { phpSetup } from "./detect-php.ts";
import { rubySetup } from "./detect-ruby.ts";
import { readPackage } from "./package-scripts.ts";
import { treeBelow } from "./tree-below.ts";
import { workspaceOf } from "./workspaces.ts";

/** What prepares a fresh room before its first check. */
export interface Setup {
  /** Lines for `sh -c`, in order. */
  readonly commands: readonly string[];
  /** Files of the commit that decide what gets installed. */
  readonly keyFiles: readonly string[];
  /** Folders that an install makes; they outlive a change of the commit. */
  readonly folders: readonly string[];
}

/** How the dependencies of one language are installed. */
interface Installer {
  readonly language: string;
  /** Files that decide what gets installed. */
  readonly keys: RegExp;
  /** The folder that it fills. */
  readonly fills: string;
  /** The command that installs in a folder's root; undefined when there is nothing to install. */
  command(tree: TreeReader, names: readonly string[]): Promise<string | undefined>;
}

const installers: readonly Installer[] = [
  {
    language: "javascript",
    keys: /^(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|bun\.lockb?|\.npmrc|\.yarnrc(\.yml)?|bunfig\.toml)$/,
    fills: "node_modules",
    command: javaScriptInstall,
  },
  {
    language: "python",
    keys: /^(uv\.lock|poetry\.lock|pyproject\.toml|\.python-version)$/,
    fills: ".venv",
    command: (_tree, names) => Promise.resolve(pythonInstall(names)),
  },
];

/** Languages whose own files say which folder is filled. */
const ownSetups = [phpSetup, rubySetup];

/** The setup that the lock files in some folders of a commit call for; "" = the root. */
export async function detectSetup(whole: TreeReader, folders: readonly string[] = [""]): Promise<Setup> {
  const found: Setup[] = [];
  for (const folder of folders) {
    const tree = treeBelow(whole, folder);
    const names = await tree.list("");
    for (const installer of installers) {
      const { language, keys, fills } = installer;
      // What belongs to the workspace at the root is installed there.
      if (folder !== "" && (await workspaceOf(language, whole))?.(folder) === true) continue;
      const install = await installer.command(tree, names);
      if (install === undefined) continue;
      const keyFiles = names.filter((name) => keys.test(name));
      found.push(below(folder, { commands: [install], keyFiles, folders: [fills] }));
    }
    for (const setup of await Promise.all(ownSetups.map((of) => of(tree))))
      if (setup) found.push(below(folder, setup));
  }
  return {
    commands: found.flatMap(({ commands }) => commands),
    keyFiles: [...new Set(found.flatMap(({ keyFiles }) => keyFiles))].sort(),
    folders: found.flatMap((one) => one.folders),
  };
}

/** The setup of a project: its own commands, else those that the lock files in its checks' folders call for. */
export async function setupOf(
  config: ProjectConfig,
  tree: TreeReader,
  folders: readonly string[] = [""],
): Promise<Setup> {
  if (config.setup === undefined) return detectSetup(tree, folders);
  const keyFiles: string[] = [];
  const filled: string[] = [];
  for (const folder of folders) {
    const names = await tree.list(folder);
    const keys = names.filter((name) => installers.some((one) => one.keys.test(name)));
    keyFiles.push(...keys.map((name) => inFolder(folder, name)));
    filled.push(...installers.map(({ fills }) => inFolder(folder, fills)));
    for (const setup of await Promise.all(ownSetups.map((of) => of(treeBelow(tree, folder))))) {
      keyFiles.push(...(setup?.keyFiles ?? []).map((name) => inFolder(folder, name)));
      filled.push(...(setup?.folders ?? []).map((name) => inFolder(folder, name)));
    }
  }
  return {
    commands: config.setup,
    keyFiles: keyFiles.sort(),
    folders: config.setup.length > 0 ? filled : [],
  };
}

/** A setup of the project in a folder, as it looks from the root. */
function below(folder: string, { commands, keyFiles, folders }: Setup): Setup {
  if (folder === "") return { commands, keyFiles, folders };
  return {
    commands: commands.map((command) => `cd ${shellQuote(folder)} && ${command}`),
    keyFiles: keyFiles.map((name) => inFolder(folder, name)),
    folders: folders.map((name) => inFolder(folder, name)),
  };
}

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

async function javaScriptInstall(tree: TreeReader, names: readonly string[]): Promise<string | undefined> {
  const facts = await readPackage(tree);
  if (!facts) return undefined;
  const locked = names.some((name) =>
    /^(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/.test(name),
  );
  const manager = packageManager(names, facts.packageManager);
  // A lock file that only the install makes would be an uncommitted file in the worktree.
  if (!locked) return facts.dependencies.length > 0 ? unlocked[manager] : undefined;
  switch (manager) {
    case "npm":
      return "npm ci";
    case "pnpm":
      return "pnpm install --frozen-lockfile";
    case "yarn":
      return (await isYarnClassic(tree)) ? "yarn install --frozen-lockfile" : "yarn install --immutable";
    case "bun":
      return "bun install --frozen-lockfile";
  }
}

const unlocked = {
  npm: "npm install --no-package-lock",
  pnpm: "pnpm install --no-lockfile",
  yarn: "yarn install --no-lockfile",
  bun: "bun install --no-save",
} as const;

// Yarn 1 does not know --immutable.
async function isYarnClassic(tree: TreeReader): Promise<boolean> {
  return (await tree.read("yarn.lock"))?.includes("# yarn lockfile v1") ?? false;
}

function pythonInstall(names: readonly string[]): string | undefined {
  if (names.includes("uv.lock")) return "uv sync --all-extras";
  return names.includes("poetry.lock") ? "poetry install" : undefined;
}
