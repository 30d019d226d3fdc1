import * as z from "zod/mini";
import { resolveCommands } from "../checks/project-commands.ts";
import { commandSet, recordTrust } from "../checks/trust.ts";
import { Failure } from "../failure.ts";
import { field, Yes } from "../model/field.ts";
import { loadConfig } from "../project/load-config.ts";
import { locateTask } from "../project/location.ts";
import { getTask } from "../store/tasks.ts";
import { findTrust, revokeTrust } from "../store/trust.ts";
import { escapeControls } from "../text/escape.ts";
import { defineOperation } from "./operation.ts";

/** `calm trust` */
export const trust = defineOperation({
  name: "trust",
  summary: "Show, approve or revoke the commands that the repository's gates run",
  kind: "trust",
  effect: "write",
  examples: ["calm trust --show", "calm trust SPEC-001 --show", "calm trust --yes", "calm trust --revoke"],
  input: z.object({
    task: z.optional(
      field(z.string(), "Task whose branch brings the first commands; else those of the default branch"),
    ),
    show: field(z._default(z.boolean(), false), "Only show the commands and whether they are approved"),
    revoke: field(z._default(z.boolean(), false), "Take every approval of this project back"),
    yes: Yes,
  }),
  positional: ["task"],
  output: z.object({
    task: z.nullable(z.string()),
    commands: field(z.array(z.string()), "`check: command line`"),
    content_hash: z.string(),
    trusted: z.boolean(),
    channel: field(z.nullable(z.string()), "How the approval was given; `non-interactive` = with --yes"),
    action: z.enum(["shown", "approved", "revoked"]),
  }),
  async run(context, input) {
    if (input.show && input.revoke) {
      throw new Failure("invalid_input", "--show and --revoke exclude each other", {
        hint: "See: calm trust --help",
      });
    }
    const loaded = await loadConfig(context);
    const store = await context.store();
    const task = input.task === undefined ? undefined : await getTask(store, input.task);
    const head = task ? (await locateTask(context, task, loaded)).commit : loaded.tip;
    const set = commandSet(await resolveCommands(context, loaded, head));
    const known = await findTrust(store, set.hash);
    const answer = { task: task?.id ?? null, commands: [...set.lines], content_hash: set.hash };
    if (input.revoke) {
      await store.write(async (tx) => {
        const revoked = await revokeTrust(tx);
        await tx.event({ summary: `revoked ${revoked} approvals of commands`, data: { revoked } });
      });
      return { ...answer, trusted: false, channel: null, action: "revoked" as const };
    }
    if (input.show || known) {
      return {
        ...answer,
        trusted: known !== undefined,
        channel: known?.channel ?? null,
        action: "shown" as const,
      };
    }
    context.progress(
      `The repository wants to run these commands:\n${set.lines.map((line) => `  ${line}`).join("\n")}`,
    );
    await context.confirm("Run them, now and whenever they are exactly these?", input.yes);
    const channel = input.yes ? "non-interactive" : "terminal";
    await recordTrust(context, set, channel);
    return { ...answer, trusted: true, channel, action: "approved" as const };
  },
  text({ commands, trusted, channel, action }) {
    if (action === "revoked") return "Revoked: every command asks again";
    const state = trusted ? `approved (${channel ?? ""})` : "not approved";
    if (commands.length === 0) return "The repository has no commands to approve";
    return [`Commands, ${state}:`, ...commands.map((line) => `  ${escapeControls(line)}`)].join("\n");
  },
  next: ({ task, trusted, action, commands }) =>
    trusted || action === "revoked" || commands.length === 0
      ? []
      : [`calm trust ${task === null ? "" : `${task} `}--yes`],
});
