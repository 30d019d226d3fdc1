import { canAsk } from "./ask-report.ts";
import type { CheckDefinition, TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";
import { type PackageFacts, readPackage, scriptOf } from "./package-scripts.ts";
import { recogniseRunner } from "./recognise.ts";
import { isForTools } from "./tooling-package.ts";
import { holdsFile } from "./tree-below.ts";

/** The package managers of JavaScript. */
type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

const file = "package.json";
const typeScripts = ["typecheck", "types", "type-check", "check-types", "tsc"];
const eslintFile = /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.(js|cjs|json|ya?ml))?)$/;
const biomeFile = /^biome\.jsonc?$/;

const runBinary: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ["npx", "--no-install"],
  pnpm: ["pnpm", "exec"],
  yarn: ["yarn", "run"],
  bun: ["bun", "run"],
};

interface Project {
  readonly tree: TreeReader;
  readonly root: readonly string[];
  readonly facts: PackageFacts;
  readonly manager: PackageManager;
}

/** The package manager that the lock file names, else the package.json, else npm. */
export function packageManager(root: readonly string[], named: string | undefined): PackageManager {
  if (root.includes("pnpm-lock.yaml")) return "pnpm";
  if (root.includes("yarn.lock")) return "yarn";
  if (root.includes("bun.lock") || root.includes("bun.lockb")) return "bun";
  const npm = root.includes("package-lock.json") || root.includes("npm-shrinkwrap.json");
  const name = npm ? undefined : /^(pnpm|yarn|bun)@/.exec(named ?? "")?.[1];
  return name === "pnpm" || name === "yarn" || name === "bun" ? name : "npm";
}

/**
 * The checks of a JavaScript or TypeScript project; undefined when the tree has no package.json. A member of a workspace
 * has the package manager of that one.
 */
export async function detectJavaScript(
  tree: TreeReader,
  workspace = tree,
): Promise<DetectedChecks | undefined> {
  const facts = await readPackage(tree);
  if (!facts) return undefined;
  const root = await tree.list("");
  const named = facts.packageManager ?? (await readPackage(workspace))?.packageManager;
  const project = { tree, root, facts, manager: packageManager(await workspace.list(""), named) };
  const tests = await detectTests(project);
  return { ...(tests && { tests }), lint: detectLint(project), types: await detectTypes(project) };
}

/** Whether a package.json is more than a mark for a tool, as `{ "type": "module" }` is, or the place of some tools. */
export async function isJavaScriptProject(tree: TreeReader): Promise<boolean> {
  const facts = await readPackage(tree);
  if (facts === undefined || (Object.keys(facts.scripts).length === 0 && facts.dependencies.length === 0))
    return false;
  return !(await isForTools(facts, tree));
}

async function detectTests(project: Project): Promise<CheckDefinition | undefined> {
  const found = await testCommand(project);
  if (!found) return undefined;
  const recognised = await recogniseRunner({ kind: "argv", argv: found.argv }, project.tree);
  return detectedCommand("tests", {
    ...found,
    file,
    runner: recognised.runner,
    asked: canAsk(recognised),
  });
}

async function testCommand(project: Project): Promise<{ argv: readonly string[]; note: string } | undefined> {
  const { facts, root, tree } = project;
  if (scriptOf(facts, "test") !== undefined) return ofScript(project, "test");
  const has = (name: string): boolean => facts.dependencies.includes(name);
  if (has("vitest")) return { argv: binary(project, "vitest", "run"), note: "vitest is a dependency" };
  if (has("jest")) return { argv: binary(project, "jest"), note: "jest is a dependency" };
  if (has("mocha")) return { argv: binary(project, "mocha"), note: "mocha is a dependency" };
  if (has("ava")) return { argv: binary(project, "ava"), note: "ava is a dependency" };
  // These are what `node --test` looks for by itself.
  const folder = root.includes("test/") && (await holdsFile(tree, "test", /\.[cm]?js$/));
  const tests = folder ? "test/" : root.find((name) => /(^test|[._-]test)\.[cm]?js$/.test(name));
  return tests ? { argv: ["node", "--test"], note: `${tests} and no other runner` } : undefined;
}

function detectLint(project: Project): CheckDefinition {
  if (scriptOf(project.facts, "lint") !== undefined) {
    return detectedCommand("lint", { ...ofScript(project, "lint"), file });
  }
  const eslint = project.root.find((name) => eslintFile.test(name));
  if (eslint)
    return detectedCommand("lint", { argv: binary(project, "eslint", "."), file: eslint, note: "eslint" });
  const biome = project.root.find((name) => biomeFile.test(name));
  if (biome)
    return detectedCommand("lint", {
      argv: binary(project, "biome", "lint", "."),
      file: biome,
      note: "biome",
    });
  return detectedNone("lint", file, "no linter is configured");
}

async function detectTypes(project: Project): Promise<CheckDefinition> {
  const script = typeScripts.find((name) => scriptOf(project.facts, name) !== undefined);
  if (script) return detectedCommand("types", { ...ofScript(project, script), file });
  const config = await project.tree.read("tsconfig.json");
  if (config === undefined) return detectedNone("types", file, "plain JavaScript: there is no tsconfig.json");
  // Without --build, a config of nothing but references checks no file at all.
  const build = /"references"\s*:/.test(config) ? ["--build"] : [];
  const argv = binary(project, "tsc", ...build, "--noEmit");
  return detectedCommand("types", { argv, file: "tsconfig.json", note: "TypeScript" });
}

function ofScript({ manager }: Project, script: string): { argv: readonly string[]; note: string } {
  return { argv: [manager, "run", script], note: `script ${script}, ${manager}` };
}

function binary({ manager }: Project, ...words: readonly string[]): readonly string[] {
  return [...runBinary[manager], ...words];
}
