import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { addTrust, findTrust } from "../store/trust.ts";
import { type CommandDefinition, commandText, runsCommand } from "./command/definition.ts";
import { type ProjectCommands, resolveCommands } from "./project-commands.ts";
import type { GateSubject } from "./gate-subject.ts";

/** The commands that a repository would have calm run, and their content hash. */
export interface CommandSet {
  readonly hash: string;
  /** `check: command line`, sorted. */
  readonly lines: readonly string[];
}

/** The commands of a project as they are approved: all of them together. */
export function commandSet(commands: ProjectCommands): CommandSet {
  const { scripts, setup } = commands;
  const checks = [...commands.checks.values()]
    .filter(runsCommand)
    .sort((one, other) => (one.check < other.check ? -1 : 1));
  const installs = scripts.get("setup");
  const lines = [
    ...setup.commands.map((command) => `setup: ${command}`),
    ...(installs === undefined ? [] : [`setup scripts: ${installs}`]),
    ...checks.map((one) => lineOf(one, scripts.get(one.check))),
    ...gateFileLines(checks),
  ];
  // Over the parts and not over the lines: two commands may look alike once their words stand beside each other.
  const parts = checks.map(({ check, run, folder, env }) => [check, run, folder, env, scripts.get(check)]);
  const content = JSON.stringify([setup.commands, installs, parts]);
  return { hash: createHash("sha256").update(content).digest("hex"), lines };
}

function lineOf({ check, run, folder, env }: CommandDefinition, script: string | undefined): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  const where = folder === "" ? "" : `  [in ${folder}]`;
  const started = script === undefined ? "" : `  (${script})`;
  return `${check}: ${variables.join("")}${commandText(run)}${where}${started}`;
}

/** Approving a gate script is approving exactly the files that are copied with it. */
function gateFileLines(checks: readonly CommandDefinition[]): string[] {
  const lines = checks.flatMap(({ run, source }) => {
    if (run.kind !== "script") return [];
    const branch = source.branch ?? "";
    const files = run.files
      .filter(({ kind }) => kind !== "other")
      .map(({ path, size, blob, kind }) => {
        return `  ${path}  (${size} bytes${kind === "executable" ? ", executable" : ""}, ${blob})`;
      });
    return [`files of ${branch} that run with them, to be read by git show ${branch}:<path>:`, ...files];
  });
  return [...new Set(lines)];
}

/** Whether a person has approved exactly these commands; there may be none to approve. */
export async function isTrusted(context: Context, { lines, hash }: CommandSet): Promise<boolean> {
  return lines.length === 0 || (await findTrust(await context.store(), hash)) !== undefined;
}

/** The command with which a person looks at what a task's gates would run, and approves it. */
export function trustCommand(commands: ProjectCommands, task: string): string {
  return commands.own ? `calm trust ${task}` : "calm trust";
}

/** Commands that a person has approved, with the command that shows them. */
export interface TrustedCommands {
  readonly set: CommandSet;
  readonly look: string;
  /** What has to be done before that command can show them, as a sentence. */
  readonly before?: string;
}

/**
 * Refuses to run commands that nobody has approved; asks where a person sits at the terminal. `commits` are those that
 * the commands run at: a merge's candidate may have scripts that neither branch has.
 */
export async function requireTrust(
  context: Context,
  subject: TrustSubject,
  commits: readonly string[],
): Promise<TrustedCommands[]> {
  const all = (await commandsAt(context, subject, commits)).map((commands) => ({
    set: commandSet(commands),
    look: trustCommand(commands, subject.task.id),
  }));
  for (const one of all) await requireApproval(context, one);
  return all;
}

/** Refuses to run one set of commands that nobody has approved; asks where a person sits at the terminal. */
export async function requireApproval(context: Context, commands: TrustedCommands): Promise<void> {
  const { set } = commands;
  if (await isTrusted(context, set)) return;
  if (!context.interactive) throw untrusted("The repository's commands have not been approved", commands);
  await askToTrust(context, set, false);
  await recordTrust(context, set, "terminal");
}

function untrusted(what: string, { set, look, before }: TrustedCommands): Failure {
  const first = before === undefined ? "" : `${before} `;
  return new Failure("untrusted_commands", `${what}:${listOf(set)}`, {
    hint: `${first}Look at them: ${look} --show, then approve exactly these: ${look} --yes`,
    details: { commands: set.lines, content_hash: set.hash },
  });
}

/** One line for each command: a line break within one must not look like another command. */
function listOf({ lines }: CommandSet): string {
  return lines.map((line) => `\n  ${line.replaceAll("\n", "\\n")}`).join("");
}

/** Shows the commands and asks for a yes; the list is part of the question, so that no --quiet hides it. */
export async function askToTrust(context: Context, set: CommandSet, yes: boolean): Promise<void> {
  const what = `The repository wants to run these commands:${listOf(set)}`;
  if (yes) context.progress(what);
  await context.confirm(`${what}\nRun them, now and whenever they are exactly these?`, yes);
}

/** Records the approval of exactly these commands. */
export async function recordTrust(context: Context, set: CommandSet, channel: string): Promise<void> {
  const store = await context.store();
  await store.write(async (tx) => {
    await addTrust(tx, set.hash, set.lines, channel);
    await tx.event({ summary: `approved ${set.lines.length} commands (${channel})`, data: { ...set } });
  });
}

/** A task's commands where its checks run them: on its branch, and at other commits that checks look at. */
type TrustSubject = Pick<GateSubject, "commands" | "loaded" | "location" | "task">;

/** The commands of a task as they stand on its branch and at other commits; those that are equal only once. */
export async function commandsAt(
  context: Context,
  { commands, loaded, location }: TrustSubject,
  commits: readonly string[],
): Promise<ProjectCommands[]> {
  const found = new Map([[commandSet(commands).hash, commands]]);
  for (const commit of new Set(commits)) {
    if (commit === location.commit) continue;
    const there = await resolveCommands(context, loaded, commit);
    const { hash } = commandSet(there);
    if (!found.has(hash)) found.set(hash, there);
  }
  return [...found.values()];
}

/** Milliseconds between two questions whether an approval still stands while commands run. */
const pause = 500;

/**
 * Runs work that starts approved commands, as long as nobody takes their approval back: that ends them as a signal
 * would. Failure untrusted_commands.
 */
export async function whileTrusted<T>(
  context: Context,
  trusted: readonly TrustedCommands[],
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const revoked = new AbortController();
  const look = async (): Promise<void> => {
    for (const one of trusted) {
      if (revoked.signal.aborted || (await isTrusted(context, one.set))) continue;
      revoked.abort(untrusted("The approval of these commands was revoked while they ran", one));
    }
  };
  let looking = Promise.resolve();
  // A look that fails, as on a busy database, is made again; the last one must succeed.
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, pause);
  timer.unref();
  try {
    const result = await work({ ...context, signal: AbortSignal.any([context.signal, revoked.signal]) });
    await look();
    revoked.signal.throwIfAborted();
    return result;
  } catch (error) {
    // What fails once the approval is gone fails because of it.
    revoked.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
    await looking;
  }
}
