import { type CheckDefinition, commandText, runsCommand } from "../definition.ts";
import { treeOf } from "../tree.fixture.ts";
import type { GateFiles } from "./gate-files.ts";
import { originalChecks } from "./original-checks.ts";

/** A registry as the original ships it, shortened. */
const registry = {
  tests: {
    python: "check_tests_python.sh",
    javascript: "check_tests_javascript.sh",
    default: "check_tests_generic.sh",
  },
  linter: { python: "check_linter_python.sh", default: "check_linter_generic.sh" },
  types: { python: "check_types_python.sh", rust: null, default: null },
  todos: { default: "check_todos.sh" },
  orphans: { python: "check_orphans_python.sh", default: "check_orphans_generic.sh" },
};

/** Every script that it names. */
export const scripts = Object.fromEntries(
  Object.values(registry)
    .flatMap((category) => Object.values(category))
    .filter((name) => name !== null)
    .map((name) => [`.claude/gates/${name}`, "#!/bin/sh\n"]),
);

/** The gate files of the default branch; `plain` = without the right to be run. */
export function gatesOf(files: Readonly<Record<string, string>>, plain: readonly string[] = []): GateFiles {
  return {
    branch: "main",
    files: Object.entries(files).map(([path, text]) => ({
      ...{ path, blob: `blob of ${text}`, size: text.length },
      kind:
        text === "link" ? "other" : path.endsWith(".sh") && !plain.includes(path) ? "executable" : "plain",
    })),
    read: (path) => Promise.resolve(files[path]),
  };
}

function told(definition: CheckDefinition): string {
  if ("none" in definition) return `none: ${definition.none}`;
  if (!runsCommand(definition)) return `fails: ${definition.unrecognised}`;
  return `${commandText(definition.run)}${definition.folder === "" ? "" : ` in ${definition.folder}`}`;
}

/** What the checks of a project are, by name. */
export async function checksOf(
  files: Readonly<Record<string, string>>,
  project: Readonly<Record<string, string>> = { "pyproject.toml": "" },
  plain: readonly string[] = [],
): Promise<{ checks: Record<string, string>; extra: readonly string[]; notes: readonly string[] }> {
  const found = await originalChecks(gatesOf(files, plain), treeOf(project));
  const checks = Object.fromEntries([...found.checks.values()].map((one) => [one.check, told(one)]));
  return { ...found, checks };
}

/** The registry and its scripts. */
export const withRegistry = {
  ...scripts,
  ".claude/gates/registry.json": JSON.stringify({ checks: registry }),
};

/** The registry's files with a project.json. */
export function configured(project: unknown): Record<string, string> {
  return { ...withRegistry, ".claude/project.json": JSON.stringify(project) };
}
