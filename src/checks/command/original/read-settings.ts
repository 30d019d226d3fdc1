import * as z from "zod/mini";
import { type GateFiles, gatesFolder, projectFile, registryFile } from "./gate-files.ts";
import { jsonErrorLine } from "./json-line.ts";

const Registry = z.object({
  checks: z.record(z.string(), z.record(z.string(), z.nullable(z.string().check(z.minLength(1))))),
});

const texts = z._default(z.array(z.string()), []);
const Project = z.object({
  project_type: z.optional(z.string().check(z.minLength(1))),
  gate_config: z._default(
    z.object({
      composite_types: z._default(z.record(z.string(), z.string()), {}),
      skip_checks: texts,
      extra_checks: texts,
    }),
    { composite_types: {}, skip_checks: [], extra_checks: [] },
  ),
});

/** Scripts by category and project type; null = the check does not apply. */
export type Registry = z.output<typeof Registry>["checks"];

/** What the original's files say about a project's gates. */
export interface Settings {
  /** undefined = there is none; the scripts' names tell. */
  readonly registry: Registry | undefined;
  readonly type: string | undefined;
  /** Types of parts by folder. */
  readonly parts: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
  readonly extra: readonly string[];
}

/** A file that cannot be used, and why: file, line and fix. */
export interface SettingsProblem {
  readonly file: string;
  readonly problem: string;
}

/** Reads `registry.json` and `project.json`; a mistake in either is never passed over. */
export async function readSettings(gates: GateFiles): Promise<Settings | SettingsProblem> {
  const folder = gates.files.find(({ path }) => path === gatesFolder);
  if (folder) return { file: gatesFolder, problem: `${gatesFolder} is no folder on ${gates.branch}` };
  const registry = await readJson(gates, registryFile, Registry);
  if ("problem" in registry) return registry;
  const project = await readJson(gates, projectFile, Project);
  if ("problem" in project) return project;
  const { composite_types = {}, skip_checks = [], extra_checks = [] } = project.value?.gate_config ?? {};
  return {
    ...{ registry: registry.value?.checks, type: project.value?.project_type },
    ...{ parts: composite_types, skipped: skip_checks, extra: extra_checks },
  };
}

async function readJson<T extends z.ZodMiniType>(
  gates: GateFiles,
  file: string,
  schema: T,
): Promise<{ readonly value: z.output<T> | undefined } | SettingsProblem> {
  const found = gates.files.find(({ path }) => path === file);
  if (!found) return { value: undefined };
  const fix = `mend it on ${gates.branch}: gates read it there`;
  if (found.kind === "other") return { file, problem: `${file} is no plain file; ${fix}` };
  const text = ((await gates.read(file)) ?? "").replace(/^\uFEFF/, "");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { file, problem: `${file}:${jsonErrorLine(text)} is no JSON; ${fix}` };
  }
  const parsed = z.safeParse(schema, json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return { file, problem: `${file}: ${where === "" ? "the whole" : where} is not what it must be; ${fix}` };
}
