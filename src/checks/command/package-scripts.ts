import * as z from "zod/mini";
import type { TreeReader } from "./definition.ts";

const texts = z.optional(z.record(z.string(), z.string()));
const Package = z.object({
  scripts: texts,
  dependencies: texts,
  devDependencies: texts,
  packageManager: z.optional(z.string()),
  main: z.optional(z.unknown()),
  exports: z.optional(z.unknown()),
  bin: z.optional(z.unknown()),
  workspaces: z.optional(
    z.union([z.array(z.string()), z.object({ packages: z.optional(z.array(z.string())) })]),
  ),
});

/** The parts of a package.json that calm reads. */
export interface PackageFacts {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly packageManager: string | undefined;
  /** The file that others get by the package's name. */
  readonly main: string | undefined;
  /** Whether it names programs or modules for others. */
  readonly offers: boolean;
  /** Globs of the folders that belong to its workspace. */
  readonly workspaces: readonly string[];
}

/** The package.json at the root of a tree; undefined when it is missing or no package.json. */
export async function readPackage(tree: TreeReader): Promise<PackageFacts | undefined> {
  const text = await tree.read("package.json");
  if (text === undefined) return undefined;
  const parsed = z.safeParse(Package, parseJson(text));
  if (!parsed.success) return undefined;
  const {
    scripts,
    dependencies,
    devDependencies,
    packageManager,
    main,
    bin,
    exports,
    workspaces = [],
  } = parsed.data;
  return {
    scripts: scripts ?? {},
    dependencies: Object.keys({ ...dependencies, ...devDependencies }),
    packageManager,
    main: typeof main === "string" ? main : undefined,
    offers: bin !== undefined || exports !== undefined,
    workspaces: Array.isArray(workspaces) ? workspaces : (workspaces.packages ?? []),
  };
}

/** A script of a package.json that does something: npm's placeholder for tests does not. */
export function scriptOf(facts: PackageFacts, name: string): string | undefined {
  const script = Object.hasOwn(facts.scripts, name) ? facts.scripts[name]?.trim() : undefined;
  if (!script || /^echo\s+(["'\\]+)?Error: no test specified/.test(script)) return undefined;
  return script;
}

/** The script that a package manager's command starts, and what must precede words for the script itself. */
interface ScriptCall {
  readonly script: string;
  readonly separator: readonly string[];
}

/** Reads `npm test`, `pnpm run x`, `yarn x` and the like; undefined for anything else. */
export function scriptCall(words: readonly string[], facts: PackageFacts): ScriptCall | undefined {
  const [manager, ...rest] = words.filter((word) => !/^(-s|--silent)$/.test(word));
  const verb = rest[0] ?? "";
  const explicit = verb === "run" || (manager === "npm" && verb === "run-script");
  const script = explicit ? rest[1] : verb === "t" && manager !== "yarn" ? "test" : verb;
  const own = explicit ? rest.slice(2) : rest.slice(1);
  if (script === undefined || scriptOf(facts, script) === undefined) return undefined;
  if (manager === "npm") return explicit || script === "test" ? npmCall(script, own) : undefined;
  if (manager === "bun") return explicit ? { script, separator: [] } : undefined; // `bun test` is bun's own runner
  if ((manager === "pnpm" || manager === "yarn") && !own.includes("--")) return { script, separator: [] };
  return undefined;
}

// npm keeps options before `--` for itself, and they may send it to another package.
function npmCall(script: string, own: readonly string[]): ScriptCall | undefined {
  if (own.includes("--")) return { script, separator: [] };
  return own.some((word) => word.startsWith("-")) ? undefined : { script, separator: ["--"] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined; // the caller takes it for no package.json
  }
}
