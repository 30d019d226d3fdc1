import { Failure } from "../failure.ts";
import { taskIdProblem } from "../model/id.ts";
import { worktreePath } from "../model/paths.ts";
import { answeredLine } from "./failures.ts";
import type { Git } from "./git.ts";
import { linkedEntries } from "./linked-entries.ts";
import { readLink } from "./ref-files.ts";
import type { Repository } from "./repository.ts";

const usual = ["main", "master", "trunk", "develop"];
const originHead = "refs/remotes/origin/HEAD";
const originPrefix = "refs/remotes/origin/";
const configHint = "Set `default_branch: <name>` in .calm/config.yaml and commit it";

/** The default branch by the rules of SPEC section 4; git is started only where several branches are in question. */
export async function resolveDefaultBranch(
  repository: Repository,
  facts: Pick<Git, "branches" | "commitOf">,
  configured?: string,
): Promise<string> {
  const branches = [...(await facts.branches()).keys()];
  if (branches.length === 0) throw noCommit();
  if (configured !== undefined) return configuredBranch(configured, branches);
  const remote = await originDefault(repository, facts);
  if (remote !== undefined) return branchOfOrigin(remote, branches);
  const tasks = taskBranches(repository.commonDir);
  const [only, ...others] = branches.filter((branch) => !tasks.has(branch));
  if (only !== undefined && others.length === 0) return only;
  const [named] = await Promise.all([
    initialBranch(repository),
    expectQuestions(repository, facts, branches),
  ]);
  const found = [named, ...usual].find((name) => name !== undefined && branches.includes(name));
  if (found !== undefined) return found;
  throw unknown(`The default branch cannot be told apart among ${listNames(branches)}`, branches, configHint);
}

function configuredBranch(configured: string, branches: readonly string[]): string {
  if (branches.includes(configured)) return configured;
  throw unknown(
    `The configured default branch ${JSON.stringify(configured)} does not exist here`,
    branches,
    `Make it (git branch ${configured} <commit>) or correct \`default_branch:\` in .calm/config.yaml`,
  );
}

/** The branch that origin/HEAD names; a leftover link to a branch that is gone says nothing. */
async function originDefault(
  repository: Repository,
  facts: Pick<Git, "commitOf">,
): Promise<string | undefined> {
  if ((await facts.commitOf(originHead)) === undefined) return undefined;
  const target = readLink(repository.commonDir, originHead) ?? (await askLink(repository));
  return target.startsWith(originPrefix) ? target.slice(originPrefix.length) : undefined;
}

async function askLink(repository: Repository): Promise<string> {
  const answer = await repository.run(["symbolic-ref", "--quiet", originHead], { answers: [0, 1] });
  return answeredLine("symbolic-ref", answer) ?? "";
}

function branchOfOrigin(name: string, branches: readonly string[]): string {
  if (branches.includes(name)) return name;
  throw unknown(
    `The default branch of origin is ${name}, and there is no local branch ${name}`,
    branches,
    `git branch --track ${name} origin/${name}   # or set \`default_branch:\` in .calm/config.yaml`,
  );
}

/** Branches at work in calm's own worktrees: never the one that they are merged into. */
function taskBranches(commonDir: string): ReadonlySet<string> {
  const found = linkedEntries(commonDir).flatMap(({ entry, path }) => {
    const branch = readLink(entry, "HEAD")?.slice("refs/heads/".length);
    // A branch that no task can have the name of is checked out by a person, wherever.
    const isTask = branch !== undefined && taskIdProblem(branch) === undefined;
    return isTask && path.endsWith(`/${worktreePath(branch)}`) ? [branch] : [];
  });
  return new Set(found);
}

async function initialBranch(repository: Repository): Promise<string | undefined> {
  const answer = await repository.run(["config", "-z", "--get", "init.defaultBranch"], { answers: [0, 1] });
  return answeredLine("config", answer)?.replace(/\0$/, "");
}

/** Starts the reader while git looks the name up: the configuration is read from that branch next. */
async function expectQuestions(
  { objects }: Repository,
  { commitOf }: Pick<Git, "commitOf">,
  branches: readonly string[],
): Promise<void> {
  const likely = usual.find((name) => branches.includes(name));
  const tip = likely === undefined ? undefined : await commitOf(`refs/heads/${likely}`);
  if (tip !== undefined) await objects.read(tip);
}

function listNames(branches: readonly string[]): string {
  const more = branches.length > 10 ? ` and ${branches.length - 10} more` : "";
  return `${branches.slice(0, 10).join(", ")}${more}`;
}

function unknown(message: string, branches: readonly string[], hint: string): Failure {
  return new Failure("default_branch_unknown", message, { hint, details: { branches } });
}

function noCommit(): Failure {
  return new Failure("unborn_branch", "The repository has no commit yet", {
    hint: 'git commit --allow-empty -m "First commit"',
  });
}
