import * as z from "zod/mini";
import { readGateCommands, type SeenCommands } from "../checks/gate-commands.ts";
import { askToTrust, isTrusted, recordTrust } from "../checks/trust.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { field, Time, Yes } from "../model/field.ts";
import { listTrust, revokeTrust, type TrustRecord } from "../store/trust.ts";
import { ago } from "../text/ago.ts";
import { escapeControls } from "../text/escape.ts";
import { plural } from "../text/plural.ts";
import { defineOperation } from "./operation.ts";

const Approval = z.object({
  content_hash: z.string(),
  commands: z.array(z.string()),
  user: z.string(),
  channel: field(z.string(), "How it was given; `non-interactive` = with --yes"),
  created_at: Time,
});

const Answer = z.object({
  task: z.nullable(z.string()),
  commands: field(z.array(z.string()), "`check: command line`"),
  content_hash: field(z.string(), "Of the commands on the task's branch, or on the default branch"),
  trusted: field(z.boolean(), "Whether all of them are approved"),
  channel: field(z.nullable(z.string()), "How the approval was given; `non-interactive` = with --yes"),
  action: z.enum(["shown", "approved", "revoked"]),
  approvals: field(z.array(Approval), "Every approval of this project that stands, the newest first"),
});

/** `calm trust` */
export const trust = defineOperation({
  name: "trust",
  summary: "Show, approve or revoke the commands that the repository's gates run",
  kind: "trust",
  effect: "write",
  examples: ["calm trust --show", "calm trust SPEC-001 --show", "calm trust --yes", "calm trust --revoke"],
  input: z.object({
    task: z.optional(
      field(
        z.string(),
        "Task whose gates are to run, as its branch and its merge have them; else the default branch",
      ),
    ),
    show: field(z._default(z.boolean(), false), "Only show the commands and whether they are approved"),
    revoke: field(z._default(z.boolean(), false), "Take every approval of this project back"),
    exactly: z.optional(
      field(
        z.string().check(z.regex(/^[0-9a-f]{8,64}$/)),
        "Approve only if their content hash still begins like this",
      ),
    ),
    yes: Yes,
  }),
  positional: ["task"],
  output: Answer,
  async run(context, input) {
    if (input.revoke && (input.show || input.exactly !== undefined)) {
      throw new Failure("invalid_input", "--revoke goes with neither --show nor --exactly", {
        hint: "See: calm trust --help",
      });
    }
    const seen = await readGateCommands(context, input.task);
    if (input.revoke) {
      await revoke(context);
      return answerOf(context, seen, "revoked");
    }
    const open = await untrustedAmong(context, seen);
    if (input.show || open.length === 0) return answerOf(context, seen, "shown");
    requireExactly(seen, input.exactly);
    for (const set of open) await askToTrust(context, set, input.yes);
    for (const set of open) await recordTrust(context, set, input.yes ? "non-interactive" : "terminal");
    return answerOf(context, seen, "approved");
  },
  text(answer, { now }) {
    const { commands, trusted, channel, action, approvals } = answer;
    if (action === "revoked") return "Revoked: every command asks again";
    const given = action === "shown" ? approvals.map((one) => approvalLine(one, answer, now)) : [];
    const list = given.length > 0 ? ["", "Approvals that stand:", ...given] : [];
    if (commands.length === 0) return ["The repository has no commands to approve", ...list].join("\n");
    const state = trusted ? `approved (${channel ?? ""})` : "not approved";
    const lines = commands.map((line) => `  ${escapeControls(line)}`);
    return [`Commands, ${state}:`, ...lines, ...list].join("\n");
  },
  next: ({ task, trusted, action, commands, content_hash: hash }) =>
    trusted || action === "revoked" || commands.length === 0
      ? []
      : [`calm trust ${task === null ? "" : `${task} `}--yes --exactly ${hash.slice(0, shownHash)}`],
});

const shownHash = 12;

function approvalLine(
  { content_hash: hash, user, channel, created_at: at, commands }: z.output<typeof Approval>,
  seen: Pick<z.output<typeof Answer>, "content_hash">,
  now: string,
): string {
  const these = hash === seen.content_hash ? ", these" : "";
  return `  ${hash.slice(0, shownHash)}  ${user} (${channel}), ${ago(at, now)}: ${plural(commands.length, "command")}${these}`;
}

async function revoke(context: Context): Promise<void> {
  await (await context.store()).write(async (tx) => {
    const revoked = await revokeTrust(tx);
    await tx.event({ summary: `revoked ${revoked} approvals of commands`, data: { revoked } });
  });
}

async function untrustedAmong(context: Context, { sets }: SeenCommands): Promise<SeenCommands["sets"]> {
  const open = [];
  for (const set of sets) if (!(await isTrusted(context, set))) open.push(set);
  return open;
}

/** Between looking and approving, the commands may have become others. */
function requireExactly({ hash }: SeenCommands, exactly: string | undefined): void {
  if (exactly === undefined || hash.startsWith(exactly)) return;
  throw new Failure(
    "untrusted_commands",
    `The commands are no longer ${exactly}, but ${hash.slice(0, shownHash)}`,
    {
      hint: "Look at them again: calm trust --show",
      details: { content_hash: hash },
    },
  );
}

async function answerOf(
  context: Context,
  seen: SeenCommands,
  action: z.output<typeof Answer>["action"],
): Promise<z.output<typeof Answer>> {
  const approvals: readonly TrustRecord[] = await listTrust(await context.store());
  const open = await untrustedAmong(context, seen);
  const trusted = action !== "revoked" && open.length === 0;
  const channels = seen.sets.map(({ hash }) => approvals.find((one) => one.content_hash === hash)?.channel);
  return {
    ...{ task: seen.task, commands: [...seen.lines], content_hash: seen.hash, trusted, action },
    channel: trusted ? (channels.find((channel) => channel !== undefined) ?? null) : null,
    approvals: approvals.map((one) => ({ ...one, commands: [...one.commands] })),
  };
}
