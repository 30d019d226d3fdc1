import type { ProjectConfig } from "../../model/config.ts";
import type { TreeReader } from "./definition.ts";
import { packageManager } from "./detect-javascript.ts";
import { phpSetup } from "./detect-php.ts";
import { rubySetup } from "./detect-ruby.ts";
import { readPackage } from "./package-scripts.ts";

/** What prepares a fresh room before its first check. */
export interface Setup {
  /** Lines for `sh -c`, in order. */
  readonly commands: readonly string[];
  /** Files of the commit that decide what gets installed. */
  readonly keyFiles: readonly string[];
  /** Folders that an install makes; they outlive a change of the commit. */
  readonly folders: readonly string[];
}

const javaScriptKeys =
  /^(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|bun\.lockb?|\.npmrc|\.yarnrc(\.yml)?|bunfig\.toml)$/;
const pythonKeys = /^(uv\.lock|poetry\.lock|pyproject\.toml|\.python-version)$/;

/** The setup that the lock files of a commit call for. */
export async function detectSetup(tree: TreeReader): Promise<Setup> {
  const root = await tree.list("");
  const javaScript = await javaScriptInstall(tree, root);
  const python = pythonInstall(root);
  const others = [await phpSetup(tree), await rubySetup(tree)].filter((setup) => setup !== undefined);
  return {
    commands: [
      ...[javaScript, python].filter((command) => command !== undefined),
      ...others.flatMap(({ commands }) => commands),
    ],
    keyFiles: [
      ...root.filter(
        (name) => (javaScript && javaScriptKeys.test(name)) || (python && pythonKeys.test(name)),
      ),
      ...others.flatMap(({ keyFiles }) => keyFiles),
    ],
    folders: [
      ...(javaScript ? ["node_modules"] : []),
      ...(python ? [".venv"] : []),
      ...others.flatMap(({ folders }) => folders),
    ],
  };
}

/** The setup of a project: its own commands, else those that the lock files call for. */
export async function setupOf(config: ProjectConfig, tree: TreeReader): Promise<Setup> {
  const detected = await detectSetup(tree);
  if (config.setup === undefined) return detected;
  const keyFiles = (await tree.list("")).filter((name) => javaScriptKeys.test(name) || pythonKeys.test(name));
  return {
    commands: config.setup,
    keyFiles,
    folders: config.setup.length > 0 ? ["node_modules", ".venv"] : [],
  };
}

async function javaScriptInstall(tree: TreeReader, root: readonly string[]): Promise<string | undefined> {
  const facts = await readPackage(tree);
  if (!facts) return undefined;
  const locked = root.some((name) => /^(package-lock\.json|npm-shrinkwrap\.json)$/.test(name));
  switch (packageManager(root, facts.packageManager)) {
    case "npm":
      if (locked) return "npm ci";
      return facts.dependencies.length > 0 ? "npm install" : undefined;
    case "pnpm":
      return "pnpm install --frozen-lockfile";
    case "yarn":
      return (await isYarnClassic(tree)) ? "yarn install --frozen-lockfile" : "yarn install --immutable";
    case "bun":
      return "bun install --frozen-lockfile";
  }
}

// Yarn 1 does not know --immutable.
async function isYarnClassic(tree: TreeReader): Promise<boolean> {
  return (await tree.read("yarn.lock"))?.includes("# yarn lockfile v1") ?? false;
}

function pythonInstall(root: readonly string[]): string | undefined {
  if (root.includes("uv.lock")) return "uv sync --all-extras";
  return root.includes("poetry.lock") ? "poetry install" : undefined;
}
