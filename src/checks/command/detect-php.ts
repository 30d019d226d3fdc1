import * as z from "zod/mini";
import type { CheckDefinition, TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";
import type { Setup } from "./setup.ts";

const file = "composer.json";
const versions = z.optional(z.record(z.string(), z.unknown()));
const Composer = z.object({
  require: versions,
  "require-dev": versions,
  config: z.optional(z.object({ "bin-dir": z.optional(z.string()), "vendor-dir": z.optional(z.string()) })),
});

interface Project {
  readonly root: readonly string[];
  readonly dependencies: readonly string[];
  readonly vendor: string;
  /** The folder of the programs that composer installs. */
  readonly programs: string;
}

/** The checks of a PHP project; undefined when the tree has no composer.json. */
export async function detectPhp(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const project = await readProject(tree);
  if (!project) return undefined;
  const tests = detectTests(project);
  return { ...(tests && { tests }), lint: detectLint(project), types: detectTypes(project) };
}

/** What composer installs into a fresh room. */
export async function phpSetup(tree: TreeReader): Promise<Setup | undefined> {
  const project = await readProject(tree);
  if (!project || project.dependencies.length === 0) return undefined;
  return {
    commands: ["composer install --no-interaction --no-progress"],
    keyFiles: project.root.filter((name) => /^composer\.(json|lock)$/.test(name)),
    folders: [project.vendor],
  };
}

async function readProject(tree: TreeReader): Promise<Project | undefined> {
  const root = await tree.list("");
  if (!root.includes(file)) return undefined;
  const parsed = z.safeParse(Composer, parseJson((await tree.read(file)) ?? ""));
  if (!parsed.success) return undefined;
  const { require, "require-dev": dev, config } = parsed.data;
  const vendor = config?.["vendor-dir"] ?? "vendor";
  return {
    root,
    // `php` and `ext-…` are the platform, not packages.
    dependencies: Object.keys({ ...require, ...dev }).filter((name) => name.includes("/")),
    vendor,
    programs: config?.["bin-dir"] ?? `${vendor}/bin`,
  };
}

function detectTests(project: Project): CheckDefinition | undefined {
  const { root, dependencies, programs } = project;
  const configuration = root.find((name) => /^phpunit(\.dist)?\.xml$|^phpunit\.xml\.dist$/.test(name));
  const pest = dependencies.includes("pestphp/pest");
  if (!configuration && !pest && !dependencies.includes("phpunit/phpunit")) return undefined;
  const name = pest ? "pest" : "phpunit";
  return detectedCommand("tests", {
    argv: [`${programs}/${name}`],
    file: configuration ?? file,
    note: name,
    runner: "phpunit",
    asked: true,
  });
}

function detectLint(project: Project): CheckDefinition {
  const { root, programs } = project;
  const phpcs = root.find((name) => /^\.?phpcs\.xml(\.dist)?$/.test(name));
  if (phpcs)
    return detectedCommand("lint", { argv: [`${programs}/phpcs`], file: phpcs, note: "PHP_CodeSniffer" });
  const fixer = root.find((name) => /^\.php-cs-fixer(\.dist)?\.php$/.test(name));
  const words = ["fix", "--dry-run", "--diff"];
  if (fixer)
    return detectedCommand("lint", {
      argv: [`${programs}/php-cs-fixer`, ...words],
      file: fixer,
      note: "PHP CS Fixer",
    });
  return detectedNone("lint", file, "neither phpcs nor php-cs-fixer is configured");
}

function detectTypes(project: Project): CheckDefinition {
  const { root, programs } = project;
  const phpstan = root.find((name) => /^\.?phpstan(\.dist)?\.neon$|^\.?phpstan\.neon\.dist$/.test(name));
  if (phpstan)
    return detectedCommand("types", {
      argv: [`${programs}/phpstan`, "analyse", "--no-progress"],
      file: phpstan,
      note: "PHPStan",
    });
  const psalm = root.find((name) => /^psalm\.xml(\.dist)?$/.test(name));
  if (psalm)
    return detectedCommand("types", {
      argv: [`${programs}/psalm`, "--no-progress"],
      file: psalm,
      note: "Psalm",
    });
  return detectedNone("types", file, "neither phpstan nor psalm is configured");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined; // the caller takes it for no composer.json
  }
}
