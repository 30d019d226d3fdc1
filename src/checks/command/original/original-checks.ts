import { posix } from "node:path";
import { isBuiltin, standardCommands } from "../../../model/config.ts";
import { type CheckDefinition, partsOf, type TreeReader } from "../definition.ts";
import { detectable } from "../detected-checks.ts";
import { type Choice, chooseScript, fileOf, fromRegistry, runnable } from "./choose-script.ts";
import { type GateFiles, gatesFolder, projectFile, registryFile } from "./gate-files.ts";
import { projectType } from "./project-type.ts";
import { readSettings, type Settings } from "./read-settings.ts";
import { failing, originalSource, scriptDefinition } from "./script-definition.ts";

/** The checks that the original's gates give a project. */
export interface OriginalChecks {
  readonly checks: ReadonlyMap<string, CheckDefinition>;
  /** Checks that `extra_checks` adds to the gates of code. */
  readonly extra: readonly string[];
  /** What people should know about them. */
  readonly notes: readonly string[];
}

/** The original's word for a check of calm's. */
const categories: Readonly<Record<string, string>> = { tests: "tests", lint: "linter", types: "types" };

/** The name that calm has for a check of the original's. */
function checkOf(name: string): string {
  return name.replace(/^linter(?=:|$)/, "lint");
}

/** The checks of a project by the original's scripts; what is wrong with these makes a check that fails. */
export async function originalChecks(gates: GateFiles, tree: TreeReader): Promise<OriginalChecks> {
  const settings = await readSettings(gates);
  if ("problem" in settings) {
    const broken = detectable.map((check) => failing(gates, check, settings.file, settings.problem));
    return { checks: byName(broken), extra: [], notes: [] };
  }
  const type = settings.type ?? projectType(await tree.list(""));
  const whole = await wholeChecks(gates, tree, settings, type);
  const parts = await partChecks(gates, tree, settings);
  const extra = await extraChecks(gates, tree, settings, type);
  const checks = byName([...whole, ...parts, ...extra]);
  return { checks, extra: extra.map(({ check }) => check), notes: skipChecks(gates, settings, checks) };
}

function byName(definitions: readonly CheckDefinition[]): Map<string, CheckDefinition> {
  return new Map(definitions.map((definition) => [definition.check, definition]));
}

async function wholeChecks(
  gates: GateFiles,
  tree: TreeReader,
  { registry }: Settings,
  type: string,
): Promise<CheckDefinition[]> {
  const found: CheckDefinition[] = [];
  for (const check of detectable) {
    const choice = chooseScript(gates, registry, categories[check] ?? check, type);
    if (choice) found.push(await scriptDefinition(gates, tree, { check, folder: "", type }, choice));
  }
  return found;
}

async function partChecks(
  gates: GateFiles,
  tree: TreeReader,
  { registry, parts }: Settings,
): Promise<CheckDefinition[]> {
  const found: CheckDefinition[] = [];
  for (const [name, type] of Object.entries(parts)) {
    const folder = posix.normalize(name).replace(/\/+$/, "");
    if (!/^[A-Za-z0-9][\w.@/-]*$/.test(folder)) {
      const problem = `composite_types in ${projectFile} names ${JSON.stringify(name)}, which is no folder below the root`;
      found.push(...detectable.map((check) => failing(gates, `${check}:composite`, projectFile, problem)));
      continue;
    }
    for (const check of detectable) {
      const category = categories[check] ?? check;
      const choice = chooseScript(gates, registry, category, type) ?? noScript(gates, category, type);
      const part = { check: `${check}:${folder}`, folder, type };
      found.push(await scriptDefinition(gates, tree, part, choice));
    }
  }
  return found;
}

function noScript(gates: GateFiles, category: string, type: string): Choice {
  const wanted = `${gatesFolder}/check_${category}_${type}.sh`;
  const problem = `there is no ${wanted} on ${gates.branch}, and no ${registryFile}; add it, or name the check in skip_checks of ${projectFile}`;
  return { problem, file: projectFile };
}

async function extraChecks(
  gates: GateFiles,
  tree: TreeReader,
  { registry, extra }: Settings,
  type: string,
): Promise<CheckDefinition[]> {
  const found: CheckDefinition[] = [];
  // The standard ones stand in every gate of code anyway.
  for (const name of extra.filter((one) => !(detectable as readonly string[]).includes(checkOf(one)))) {
    const check = name
      .replace(/^check_/, "")
      .replace(/\.sh$/, "")
      .replaceAll("-", "_")
      .toLowerCase();
    const isTaken = isBuiltin(check) || (standardCommands as readonly string[]).includes(check);
    if (isTaken || !/^[a-z][a-z0-9_]*$/.test(check)) {
      const problem = `extra_checks in ${projectFile} names ${JSON.stringify(name)}, which cannot be a check of its own`;
      found.push(failing(gates, "extra_checks", projectFile, problem));
      continue;
    }
    const choice = chooseExtra(gates, registry, name, check, type);
    found.push(await scriptDefinition(gates, tree, { check, folder: "", type }, choice));
  }
  return found;
}

/** An extra check is a category of the registry, or a script by its name. */
function chooseExtra(
  gates: GateFiles,
  registry: Settings["registry"],
  name: string,
  check: string,
  type: string,
): Choice {
  if (registry && Object.hasOwn(registry, name)) return fromRegistry(gates, registry, name, type);
  if (fileOf(gates, `${gatesFolder}/${name}`)) return runnable(gates, name, projectFile);
  const byName = chooseScript(gates, undefined, check, type);
  if (byName) return byName;
  const problem = `extra_checks in ${projectFile} names ${name}, but neither ${registryFile} nor a script ${gatesFolder}/check_${check}.sh on ${gates.branch} has it`;
  return { problem, file: projectFile };
}

/** Takes the skipped checks out, visibly; tells of names that are no such check. */
function skipChecks(gates: GateFiles, { skipped }: Settings, checks: Map<string, CheckDefinition>): string[] {
  const notes: string[] = [];
  const none = `skip_checks in ${projectFile}`;
  for (const name of skipped.map(checkOf)) {
    const isStandard = (detectable as readonly string[]).includes(name);
    const skips = partsOf(checks, name).map(({ check }) => check);
    if (skips.length === 0 && !isStandard) {
      const own = isBuiltin(`no_${name}`) ? `; calm's own no_${name} stays` : "";
      notes.push(`${none} names ${name}, which no script checks here${own}`);
    }
    for (const check of new Set([...skips, ...(isStandard ? [name] : [])])) {
      checks.set(check, { check, source: originalSource(gates, projectFile), none });
    }
  }
  return notes;
}
