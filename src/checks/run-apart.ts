import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Room } from "../model/gate-run.ts";
import { listFiles, uncommittedFiles } from "../worktree/uncommitted.ts";
import { readScripts } from "./command-scripts.ts";
import { type CheckOutcome, evaluateChecks } from "./evaluate-checks.ts";
import type { GateSubject } from "./gate-subject.ts";
import type { ResolvedCheck } from "./resolve-gate.ts";
import { commitsOf, startsCommands } from "./started-commands.ts";
import { commandSet, requireApproval, requireTrust, type TrustedCommands, whileTrusted } from "./trust.ts";
import { treeReader } from "./tree-reader.ts";
import { workingTree } from "./working-tree.ts";

/** What some checks gave outside of any gate. */
export interface ApartReport {
  readonly outcomes: readonly CheckOutcome[];
  /** Uncommitted files that lay in the worktree. */
  readonly uncommitted: readonly string[];
  /** Why a gate would be void after such a run. */
  readonly change: string | null;
}

/**
 * Runs checks of a task without recording anything: no gate run, no verdict to reuse. The commands see the worktree as
 * it lies there, committed or not.
 */
export async function runChecksApart(
  context: Context,
  subject: GateSubject,
  checks: readonly ResolvedCheck[],
  room: Room | undefined,
): Promise<ApartReport> {
  const uncommitted = await uncommittedPaths(context, subject);
  const wanted = { ...subject, gate: { ...subject.gate, checks: placed(checks, subject, room) } };
  const { commands } = wanted;
  const here = wanted.gate.checks.some((one) => one.kind === "command" && one.room === "worktree");
  const trusted = startsCommands(wanted.gate)
    ? await requireTrust(context, wanted, commitsOf(wanted, subject.location))
    : [];
  if (here && uncommitted.length > 0) trusted.push(await requireTrustHere(context, wanted, uncommitted));
  const outcomes = await whileTrusted(context, trusted, (kept) =>
    evaluateApart(kept, {
      ...wanted,
      commands: here ? installable(context, commands, uncommitted) : commands,
    }),
  );
  context.signal.throwIfAborted();
  return { outcomes, uncommitted, change: await findChange(context, subject, uncommitted) };
}

/** The same for the scripts that the commands start as they lie in the worktree, which no commit holds. */
async function requireTrustHere(
  context: Context,
  { commands, location, task }: GateSubject,
  uncommitted: readonly string[],
): Promise<TrustedCommands> {
  const committed = treeReader(await context.git(), location.commit);
  const tree = workingTree(committed, location.worktree?.path ?? "", uncommitted);
  const scripts = await readScripts(commands.checks, commands.setup, tree);
  const set = commandSet({ ...commands, scripts });
  const before = "They are not committed; commit them, so that they can be shown.";
  const found = { set, look: `calm trust ${task.id}`, before };
  await requireApproval(context, found);
  return found;
}

async function evaluateApart(context: Context, subject: GateSubject): Promise<CheckOutcome[]> {
  const project = await context.project();
  const id = context.newId("apart");
  return evaluateChecks(context, subject, subject.location, {
    marker: `${project.id}-${id}`,
    logFolder: join(context.home.logs, project.id, id),
    noCache: true,
    overridden: () => "no",
  });
}

async function uncommittedPaths(context: Context, { location }: GateSubject): Promise<string[]> {
  if (!location.worktree) return [];
  return (await uncommittedFiles(context, location.worktree)).map(({ path }) => path);
}

/** The checks in the room that was asked for; without a worktree only a clean room is left. */
function placed(
  checks: readonly ResolvedCheck[],
  { location }: GateSubject,
  room: Room | undefined,
): ResolvedCheck[] {
  return checks.map((one) => {
    if (one.kind === "builtin") return one;
    return { ...one, room: room ?? (location.worktree ? one.room : "clean") };
  });
}

/**
 * The commands, without the setup where its lock files are not committed: it would be remembered as the setup of the
 * commit, and a gate would then rest on what only this working tree asks for.
 */
function installable(
  context: Context,
  commands: GateSubject["commands"],
  uncommitted: readonly string[],
): GateSubject["commands"] {
  const { setup } = commands;
  const locks = setup.keyFiles.filter((path) => uncommitted.includes(path));
  if (locks.length === 0 || setup.commands.length === 0) return commands;
  const by = setup.commands.join(" && ");
  context.warn(
    `${listFiles(locks.map((path) => ({ path })))} not committed, so not installed by calm: ${by}`,
  );
  return { ...commands, setup: { ...setup, commands: [] } };
}

async function findChange(
  context: Context,
  subject: GateSubject,
  before: readonly string[],
): Promise<string | null> {
  const { worktree, commit } = subject.location;
  if (!worktree) return null;
  const head = await (await context.git()).head(worktree.path);
  if (head?.commit !== commit) return `HEAD of ${worktree.path} moved meanwhile`;
  const fresh = (await uncommittedPaths(context, subject)).filter((path) => !before.includes(path));
  return fresh.length > 0 ? `files changed meanwhile: ${fresh.join(", ")}` : null;
}
