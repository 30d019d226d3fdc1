import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { addTrust, findTrust } from "../store/trust.ts";
import { commandText, runsCommand } from "./command/definition.ts";
import type { ProjectCommands } from "./resolve-gate.ts";

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
  ];
  return { hash: createHash("sha256").update(JSON.stringify(lines)).digest("hex"), lines };
}

function scriptText({ scripts }: ProjectCommands, check: string): string {
  const script = scripts.get(check);
  return script === undefined ? "" : `  (${script})`;
}

/** Refuses to run commands that nobody has approved; asks where a person sits at the terminal. */
export async function requireTrust(context: Context, commands: ProjectCommands, task: string): Promise<void> {
  const set = commandSet(commands);
  const store = await context.store();
  if (set.lines.length === 0 || (await findTrust(store, set.hash))) return;
  const list = set.lines.map((line) => `\n  ${line}`).join("");
  if (!context.interactive) {
    const trust = commands.own ? `calm trust ${task}` : "calm trust";
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
