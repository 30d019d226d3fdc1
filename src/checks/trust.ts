import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { addTrust, findTrust } from "../store/trust.ts";
import { type CommandDefinition, commandText, runsCommand } from "./command/definition.ts";
import type { ProjectCommands } from "./project-commands.ts";

/** The commands that a repository would have calm run, and their content hash. */
export interface CommandSet {
  readonly hash: string;
  /** `check: command line`, sorted. */
  readonly lines: readonly string[];
}

/** The commands of a project as they are approved: all of them together. */
export function commandSet(commands: ProjectCommands): CommandSet {
  const checks = [...commands.checks.values()].filter(runsCommand);
  const lines = [
    ...commands.setup.commands.map((command) => `setup: ${command}`),
    ...checks.map(({ check, run }) => `${check}: ${commandText(run)}${scriptText(commands, check)}`).sort(),
    ...gateFileLines(checks),
  ];
  return { hash: createHash("sha256").update(JSON.stringify(lines)).digest("hex"), lines };
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

function scriptText({ scripts }: ProjectCommands, check: string): string {
  const script = scripts.get(check);
  return script === undefined ? "" : `  (${script})`;
}

/** Whether a person has approved exactly these commands; there may be none to approve. */
export async function isTrusted(context: Context, { lines, hash }: CommandSet): Promise<boolean> {
  return lines.length === 0 || (await findTrust(await context.store(), hash)) !== undefined;
}

/** The command with which a person looks at what a task's gates would run, and approves it. */
export function trustCommand(commands: ProjectCommands, task: string): string {
  return commands.own ? `calm trust ${task}` : "calm trust";
}

/** Refuses to run commands that nobody has approved; asks where a person sits at the terminal. */
export async function requireTrust(context: Context, commands: ProjectCommands, task: string): Promise<void> {
  const set = commandSet(commands);
  if (await isTrusted(context, set)) return;
  const list = set.lines.map((line) => `\n  ${line}`).join("");
  if (!context.interactive) {
    const trust = trustCommand(commands, task);
    throw new Failure("untrusted_commands", `The repository's commands have not been approved:${list}`, {
      hint: `Look at them: ${trust} --show, then approve exactly these: ${trust} --yes`,
      details: { commands: set.lines, content_hash: set.hash },
    });
  }
  context.progress(`The repository wants to run these commands:${list}`);
  await context.confirm("Run them, now and whenever they are exactly these?", false);
  await recordTrust(context, set, "terminal");
}

/** Records the approval of exactly these commands. */
export async function recordTrust(context: Context, set: CommandSet, channel: string): Promise<void> {
  const store = await context.store();
  await store.write(async (tx) => {
    await addTrust(tx, set.hash, set.lines, channel);
    await tx.event({ summary: `approved ${set.lines.length} commands (${channel})`, data: { ...set } });
  });
}
