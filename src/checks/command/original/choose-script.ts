import { posix } from "node:path";
import type { TreeFile } from "../../../git/git.ts";
import { type GateFiles, gatesFolder, registryFile } from "./gate-files.ts";
import { shellQuote } from "../../../model/shell-quote.ts";
import type { Registry } from "./read-settings.ts";

/** What the original runs for a check: a script, nothing, or what keeps it from running one. */
export type Choice =
  | { readonly script: string }
  | { readonly none: string; readonly file: string }
  | { readonly problem: string; readonly file: string };

/**
 * The script of a category for a project type, as the registry has it; without a registry, as its name has it
 * (`check_tests_python.sh`, `check_tests.sh`), and undefined where no script has such a name.
 */
export function chooseScript(
  gates: GateFiles,
  registry: Registry | undefined,
  category: string,
  type: string,
): Choice | undefined {
  if (registry) return fromRegistry(gates, registry, category, type);
  const named = [`check_${category}_${type}.sh`, `check_${category}.sh`, `check_${category}_generic.sh`];
  const found = named.find((name) => fileOf(gates, `${gatesFolder}/${name}`));
  return found === undefined ? undefined : runnable(gates, found, gatesFolder);
}

/** What a registry says for a category and a project type; silence is a problem, `null` is not. */
export function fromRegistry(gates: GateFiles, registry: Registry, category: string, type: string): Choice {
  const scripts = Object.hasOwn(registry, category) ? registry[category] : undefined;
  const fix = `add checks.${category}.${type} (null = it does not apply)`;
  if (!scripts) return problem(`${registryFile} has no category ${category}; ${fix}`);
  const key = Object.hasOwn(scripts, type) ? type : "default";
  const name = Object.hasOwn(scripts, key) ? scripts[key] : undefined;
  if (name === undefined)
    return problem(`${registryFile} has no ${category} for ${type}, and no default; ${fix}`);
  if (name === null) return { none: `null in ${registryFile}`, file: registryFile };
  if (isEmptyPromise(scripts, category, key, type)) {
    return problem(
      `what kind of project this is, is unknown, and ${name} checks nothing then; say project_type in .claude/project.json`,
    );
  }
  return runnable(gates, name, registryFile);
}

/** The generic scripts of the original end with 0 when they know nothing to run; only counted tests tell then. */
function isEmptyPromise(scripts: Registry[string], category: string, key: string, type: string): boolean {
  const others = Object.keys(scripts).some((name) => name !== "default");
  return type === "unknown" && key === "default" && others && ["linter", "types"].includes(category);
}

/** A script that is named must be there to be run: nothing else is looked for in its place. */
export function runnable(gates: GateFiles, name: string, file: string): Choice {
  const path = posix.normalize(`${gatesFolder}/${name}`);
  const found = fileOf(gates, path);
  if (!path.startsWith(`${gatesFolder}/`)) return problem(`${name} lies outside of ${gatesFolder}`, file);
  if (!found) return problem(`${path} is no file on ${gates.branch}; commit it there, or mend ${file}`, file);
  if (found.kind === "executable") return { script: path };
  if (found.kind === "other")
    return problem(`${path} is no plain file on ${gates.branch}; commit the script itself`, path);
  return problem(
    `${path} is not executable on ${gates.branch}; mend it there: git update-index --chmod=+x ${shellQuote(path)} && git commit -m "Executable gate script"`,
    path,
  );
}

/** The file at a path of the gates. */
export function fileOf(gates: GateFiles, path: string): TreeFile | undefined {
  return gates.files.find((file) => file.path === path);
}

function problem(text: string, file = registryFile): Choice {
  return { problem: text, file };
}
