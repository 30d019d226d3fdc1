import type { CheckDefinition, TreeReader } from "./definition.ts";
import { detectGo } from "./detect-go.ts";
import { detectJava } from "./detect-java.ts";
import { detectJavaScript, isJavaScriptProject } from "./detect-javascript.ts";
import { detectPhp } from "./detect-php.ts";
import { detectPython, isPythonProject } from "./detect-python.ts";
import { detectRuby } from "./detect-ruby.ts";
import { detectRust } from "./detect-rust.ts";
import { detectShell } from "./detect-shell.ts";
import { detectTargets } from "./detect-targets.ts";
import { detectable, type Detectable, type DetectedChecks } from "./detected-checks.ts";
import { findProjects, type Language, type Project } from "./find-projects.ts";
import { namesOfParts } from "./name-parts.ts";
import { treeBelow } from "./tree-below.ts";
import { howToConfigure } from "./unrecognised.ts";

const languages: readonly Language[] = [
  { language: "javascript", detect: detectJavaScript, isProject: isJavaScriptProject, apart: true },
  { language: "python", detect: detectPython, isProject: isPythonProject, apart: true },
  { language: "rust", detect: detectRust },
  { language: "go", detect: detectGo },
  { language: "java", detect: detectJava },
  { language: "php", detect: detectPhp },
  { language: "ruby", detect: detectRuby },
  // Scripts lie in every project; only where there is nothing else are they the project.
  { language: "shell", detect: detectShell, isProject: () => Promise.resolve(false) },
];

/**
 * The checks that a repository has by its files, read from one commit. With several projects each check has a part for
 * each of them; an absent check was not found and must fail.
 */
export async function detectChecks(tree: TreeReader): Promise<Readonly<Record<string, CheckDefinition>>> {
  const projects = await findProjects(tree, languages);
  if (projects.length === 0) return { ...(await detectTargets(tree)) };
  const names = namesOfParts(projects);
  const targets = await Promise.all(projects.map(({ folder }) => detectTargets(treeBelow(tree, folder))));
  const alone = projects.filter(({ whole }) => whole).length === 1;
  const checks: Record<string, CheckDefinition> = {};
  for (const check of detectable) {
    const parts = projects.flatMap((project, index) => {
      const part = `${check}:${names[index] ?? project.language}`;
      const own = contribution(project, check, targets[index] ?? {});
      if (own) return [{ part, definition: inFolder(own, project.folder) }];
      return project.whole && !alone ? [{ part, definition: unrecognised(part, check, project) }] : [];
    });
    const [only] = parts;
    if (only && parts.length === 1) checks[check] = { ...only.definition, check };
    else for (const { part, definition } of parts) checks[part] = { ...definition, check: part };
  }
  return checks;
}

/** What a project has for a check: its language's command, a target of that name, or a reason why there is none. */
function contribution(
  { found, whole }: Project,
  check: Detectable,
  targets: DetectedChecks,
): CheckDefinition | undefined {
  const own = found[check];
  if (own && !("none" in own)) return own;
  if (!whole) return undefined;
  return targets[check] ?? own;
}

function inFolder(definition: CheckDefinition, folder: string): CheckDefinition {
  if (folder === "") return definition;
  const source = { ...definition.source, file: `${folder}/${definition.source.file}` };
  return "run" in definition ? { ...definition, folder, source } : { ...definition, source };
}

function unrecognised(
  part: string,
  check: Detectable,
  { folder, language, found }: Project,
): CheckDefinition {
  const sign = Object.values(found)[0]?.source.file ?? "";
  const place = folder === "" ? "the root" : folder;
  return {
    check: part,
    source: { kind: "detected", file: folder === "" ? sign : `${folder}/${sign}` },
    unrecognised: [
      `${place} holds a project in ${language}, and calm does not know how to run its ${check}`,
      ...howToConfigure(part, check, folder),
    ].join("; "),
  };
}
