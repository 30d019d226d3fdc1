/** Paths below the repository's root, always with `/`. */

const planningFolders = ["planning_docs/", "bug_reports/", "changelog.d/"];
const documentFolders = [...planningFolders, "docs/", "doc/"];
const changelogName = /^(changelog|changes|history|news)(\.(md|mdx|markdown|rst|adoc|txt))?$/i;
const documentName =
  /\.(md|mdx|markdown|rst|adoc|txt)$|^(license|licence|copying|notice|authors|readme)(\.[a-z]+)?$/i;
/** Texts that a build reads. */
const buildText = /^(CMakeLists|requirements.*|constraints.*)\.txt$/i;
const testFolder = /(^|\/)(tests?|__tests__|spec|specs|e2e)\//i;
const testName =
  /([._-](test|spec)\.[a-z0-9]+$)|(^test_[^/]*\.py$)|(_test\.(go|py|rb|rs|ts|js)$)|(Tests?\.(java|kt|php|cs)$)/;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The changelog of the project itself. */
export function isChangelog(path: string): boolean {
  return !path.includes("/") && changelogName.test(path);
}

/** Planning, bug-report and changelog paths: they do not void a review of code. */
export function isPlanning(path: string): boolean {
  return planningFolders.some((folder) => path.startsWith(folder)) || isChangelog(path);
}

const proseName = /\.(md|markdown|rst|adoc|txt)$/i;
/** pytest runs the examples in these. */
const doctestName = /^test.*\.txt$/i;

/** A planning document by its name, too: nothing builds it, runs it or takes it for a test. */
export function isPlanningDocument(path: string): boolean {
  const name = nameOf(path);
  if (!isPlanning(path)) return false;
  return isChangelog(path) || (proseName.test(name) && !buildText.test(name) && !doctestName.test(name));
}

/** Documentation of any kind: changing it alone is no implementation. */
export function isDocumentation(path: string): boolean {
  if (isChangelog(path) || documentFolders.some((folder) => path.startsWith(folder))) return true;
  return documentName.test(nameOf(path)) && !buildText.test(nameOf(path)) && !isTestFile(path);
}

/** A file that holds tests, by the conventions of the common runners. */
export function isTestFile(path: string): boolean {
  return testFolder.test(path) || testName.test(nameOf(path));
}

const testSupport =
  /(^|\/)(__snapshots__|__mocks__|__fixtures__|fixtures|testdata|test[-_](utils?|support|helpers?|data|fixtures))\/|(^|\/)conftest\.py$/;
const runnerConfig =
  /(^|\/)((vitest|jest|playwright|cypress|karma|ava|wdio)\.(config|workspace|setup|conf)\.[cm]?[jt]s(on)?|\.mocharc(\.\w+)?|\.?pytest\.ini|\.rspec|phpunit\.xml(\.dist)?)$/;

/** A file that tests cannot do without, besides those that hold them: what they read, and their runner's settings. */
export function belongsToTests(path: string): boolean {
  return isTestFile(path) || testSupport.test(path) || runnerConfig.test(path);
}

/** Where a task's specification lies. */
export function specPath(task: string): string {
  return `planning_docs/${task}/spec.md`;
}

/** Where a task's proposal lies. */
export function proposalPath(task: string): string {
  return `planning_docs/${task}/proposal.md`;
}

/** Where a bug's report lies. */
export function bugReportPath(task: string): string {
  return `bug_reports/${task}.md`;
}

/** Where a task's changelog entry lies. */
export function changelogPath(task: string): string {
  return `changelog.d/${task}.md`;
}

/** Where a task's worktree lies, below the main working tree. */
export function worktreePath(task: string): string {
  return `.worktrees/${task}`;
}
