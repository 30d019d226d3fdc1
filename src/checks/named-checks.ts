import type { Context } from "../context.ts";
import { closest } from "../model/closest.ts";
import { isBuiltin, standardCommands } from "../model/config.ts";
import { configPath, type LoadedConfig } from "../project/load-config.ts";
import { type CheckDefinition, checkOfPart, partsOf, type UnrecognisedCheck } from "./command/definition.ts";

interface Named {
  readonly check: string;
  /** Where in the configuration. */
  readonly path: readonly PropertyKey[];
}

/**
 * The parts that the configuration demands and that the project does not have, each with the reason why it fails;
 * Failure invalid_config when it demands a check that neither calm nor the project has.
 */
export async function findUnknownParts(
  context: Context,
  loaded: LoadedConfig,
  checks: ReadonlyMap<string, CheckDefinition>,
): Promise<ReadonlyMap<string, UnrecognisedCheck>> {
  const unknown = new Map<string, UnrecognisedCheck>();
  for (const named of namedChecks(loaded)) {
    const { check } = named;
    if (isKnown(check, checks)) continue;
    const mistake = await mistakeOf(context, loaded, named, checks);
    // Whether a folder is a project of its own, only its files can say, and they may be on their way.
    if (!isStandard(checkOfPart(check))) throw mistake;
    const source = { kind: "config", file: configPath } as const;
    unknown.set(check, { check, source, unrecognised: mistake.message });
  }
  return unknown;
}

function namedChecks({ config }: LoadedConfig): Named[] {
  const added = Object.entries(config.gates).flatMap(([transition, change]) =>
    (change.add ?? []).map((check, index) => ({ check, path: ["gates", transition, "add", index] })),
  );
  const verified = config.merge.verify.map((check, index) => ({ check, path: ["merge", "verify", index] }));
  return [...added, ...verified];
}

function isStandard(check: string): boolean {
  return (standardCommands as readonly string[]).includes(check);
}

function isKnown(check: string, checks: ReadonlyMap<string, CheckDefinition>): boolean {
  return isBuiltin(check) || isStandard(check) || partsOf(checks, check).length > 0;
}

async function mistakeOf(
  context: Context,
  loaded: LoadedConfig,
  { check, path }: Named,
  checks: ReadonlyMap<string, CheckDefinition>,
) {
  const names = [...checks.keys()];
  const near = closest(check, [...names, ...standardCommands]);
  const parts = partsOf(checks, checkOfPart(check)).map((one) => one.check);
  const has = parts.length > 0 && check.includes(":") ? `; its parts are ${parts.join(", ")}` : "";
  const meant = near === undefined ? "" : `. Did you mean ${near}?`;
  const define = `. Define it with checks: { ${JSON.stringify(check)}: { run: "the command" } }, or take it out`;
  const { configMistake } = await import("../project/parse-config.ts");
  const text = (await (await context.git()).readFile(loaded.tip, configPath)) ?? "";
  const file = `${configPath} (${loaded.branch})`;
  return configMistake(text, file, path, `the project has no check ${check}${has}${meant}${define}`);
}
