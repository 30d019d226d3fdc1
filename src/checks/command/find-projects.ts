import type { CheckDefinition, TreeReader } from "./definition.ts";
import { detectable, type Detectable, type DetectedChecks } from "./detected-checks.ts";
import { treeBelow } from "./tree-below.ts";
import { type Covers, workspaceOf } from "./workspaces.ts";

/** A language that calm knows how to check. */
export interface Language {
  /** The word for it in the names of parts. */
  readonly language: string;
  /** The checks of the project at the root of a tree, undefined when it is none; `workspace` = the root's, of a member. */
  detect(tree: TreeReader, workspace?: TreeReader): Promise<DetectedChecks | undefined>;
  /** True where members of a workspace may have linters and types of their own, which nothing at the root runs. */
  readonly apart?: true;
  /** Whether the files speak of a project even where no tests were found; absent = always. */
  isProject?(tree: TreeReader): Promise<boolean>;
}

/** A project in a folder of the repository. */
export interface Project {
  /** "" = the root. */
  readonly folder: string;
  readonly language: string;
  readonly found: DetectedChecks;
  /** False for the odd file of a language: its commands count, but nobody expects tests. */
  readonly whole: boolean;
}

// What lies there belongs to another project, or is no project of its own.
const skipped =
  /^(\..*|examples?|fixtures?|__fixtures__|tests?|testdata|docs?|vendor|third_party|node_modules|templates?|planning_docs|bug_reports|changelog\.d)\/$/;

/**
 * The projects of a repository: the root's, and those in folders of the first level that the root does not cover; of
 * the second level too where the root has no tests of its own.
 */
export async function findProjects(tree: TreeReader, languages: readonly Language[]): Promise<Project[]> {
  const root = await inFolder(tree, "", languages, new Map());
  const workspaces = await workspacesAt(tree, languages, root);
  const first = await foldersIn(tree, [""]);
  const found = [...root, ...(await inFolders(tree, first, languages, workspaces))];
  if (root.every(({ found: { tests } }) => tests === undefined)) {
    const taken = new Set(found.filter(({ whole }) => whole).map(({ folder }) => folder));
    const second = await foldersIn(
      tree,
      first.filter((folder) => !taken.has(folder)),
    );
    found.push(...(await inFolders(tree, second, languages, workspaces)));
  } else {
    for (const one of languages) {
      const workspace = workspaces.get(one.language);
      if (!workspace || workspace.lacks.length === 0) continue;
      const second = (await foldersIn(tree, first)).filter(workspace.covers);
      found.push(...(await inFolders(tree, second, [one], workspaces)));
    }
  }
  const some = found.some(({ whole }) => whole);
  return some ? found : found.map((project) => ({ ...project, whole: true }));
}

/** The workspace of each language at the root, and whether the root's own tests speak for its members. */
interface Workspace {
  readonly covers: Covers;
  readonly tested: boolean;
  /** The checks that the root has no command for, so that its members are asked for theirs. */
  readonly lacks: readonly Detectable[];
}

async function workspacesAt(
  tree: TreeReader,
  languages: readonly Language[],
  root: readonly Project[],
): Promise<ReadonlyMap<string, Workspace>> {
  const workspaces = new Map<string, Workspace>();
  for (const { language, apart } of languages) {
    const covers = await workspaceOf(language, tree);
    const found = root.find((one) => one.language === language)?.found;
    const tested = found?.tests !== undefined;
    const lacks = tested && apart ? detectable.filter((check) => isNone(found[check])) : [];
    if (covers) workspaces.set(language, { covers, tested, lacks });
  }
  return workspaces;
}

function isNone(definition: CheckDefinition | undefined): boolean {
  return definition === undefined || "none" in definition;
}

async function foldersIn(tree: TreeReader, parents: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(parents.map((parent) => tree.list(parent)));
  return parents.flatMap((parent, index) => {
    const folders = (lists[index] ?? []).filter((name) => name.endsWith("/") && !skipped.test(name));
    return folders.map((name) => `${parent === "" ? "" : `${parent}/`}${name.slice(0, -1)}`);
  });
}

async function inFolders(
  tree: TreeReader,
  folders: readonly string[],
  languages: readonly Language[],
  workspaces: ReadonlyMap<string, Workspace>,
): Promise<Project[]> {
  await Promise.all(folders.map((folder) => tree.list(folder)));
  const found = await Promise.all(folders.map((folder) => inFolder(tree, folder, languages, workspaces)));
  return found.flat();
}

async function inFolder(
  tree: TreeReader,
  folder: string,
  languages: readonly Language[],
  workspaces: ReadonlyMap<string, Workspace>,
): Promise<Project[]> {
  const below = treeBelow(tree, folder);
  const projects: Project[] = [];
  for (const one of languages) {
    const { language } = one;
    const workspace = workspaces.get(language);
    const member = workspace?.covers(folder) === true;
    if (member && workspace.tested && workspace.lacks.length === 0) continue;
    const found = await one.detect(below, member ? tree : undefined);
    if (!found) continue;
    if (member && workspace.tested) {
      const own = workspace.lacks.filter((check) => !isNone(found[check]));
      const kept = Object.fromEntries(own.map((check) => [check, found[check]]));
      if (own.length > 0) projects.push({ folder, language, found: kept, whole: false });
      continue;
    }
    const whole = found.tests !== undefined || (await one.isProject?.(below)) !== false;
    projects.push({ folder, language, found, whole });
  }
  return projects;
}
