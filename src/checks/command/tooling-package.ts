import { basename } from "node:path/posix";
import type { TreeReader } from "./definition.ts";
import type { PackageFacts } from "./package-scripts.ts";
import { simpleCommands } from "./shell-line.ts";

// Tools for text, commits and releases of any project; linters of JavaScript are missing, as they speak of code.
const tools =
  /^(prettier|prettier-plugin-.+|@prettier\/.+|husky|lint-staged|pretty-quick|lefthook|simple-git-hooks|commitlint|@commitlint\/.+|commitizen|cz-.+|git-cz|markdownlint(-cli2?)?|remark(-.+)?|textlint(-.+)?|cspell|@cspell\/.+|stylelint(-.+)?|semantic-release|@semantic-release\/.+|@changesets\/.+|release-it|@release-it\/.+|standard-version|conventional-changelog(-.+)?|npm-run-all2?|pyright|basedpyright)$/;
const programs =
  /^(prettier|husky|lint-staged|pretty-quick|lefthook|simple-git-hooks|commitlint|cz|git-cz|markdownlint(-cli2)?|remark|textlint|cspell|stylelint|semantic-release|changeset|release-it|standard-version|conventional-changelog|npm-run-all2?|run-s|run-p|pyright|basedpyright|true|echo|exit)$/;
const script = /\.[cm]?[jt]sx?$/;
const settings = /^\.|\.config\.[cm]?[jt]s$|rc\.[cm]?js$/;

/**
 * Whether a package.json only brings tools such as prettier or husky to a project in another language: it has no
 * other dependency, no script that starts anything else, and no code beside it.
 */
export async function isForTools(facts: PackageFacts, tree: TreeReader): Promise<boolean> {
  const { dependencies, scripts, workspaces, main, offers } = facts;
  if (dependencies.length === 0 || !dependencies.every((name) => tools.test(name))) return false;
  if (workspaces.length > 0 || offers || !Object.values(scripts).every(startsTools)) return false;
  const root = await tree.list("");
  if (root.includes("tsconfig.json") || root.some((name) => script.test(name) && !settings.test(name)))
    return false;
  return main === undefined || (await tree.read(main.replace(/^\.\//, ""))) === undefined;
}

function startsTools(line: string): boolean {
  const commands = simpleCommands(line);
  return commands?.every(({ words }) => programs.test(programOf(words))) ?? false;
}

/** The program behind `npx` and the like; what `npm run x` starts is looked at as the script x. */
function programOf([first = "", ...rest]: readonly string[]): string {
  const manager = /^(npm|pnpm|yarn|bun)$/.test(first);
  if (manager && rest[0] === "run") return "true";
  const behind = /^(npx|pnpx|bunx)$/.test(first)
    ? rest
    : manager && rest[0] === "exec"
      ? rest.slice(1)
      : undefined;
  return basename(behind ? (behind.find((word) => !word.startsWith("-")) ?? "") : first);
}
