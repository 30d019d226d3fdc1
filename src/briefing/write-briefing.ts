import type { Context } from "../context.ts";
import { baseRole } from "../model/worker.ts";
import { fillPlaceholders } from "../roles/fill-placeholders.ts";
import { findRole, type Role } from "../roles/find-role.ts";
import { escapeControls } from "../text/escape.ts";
import { describeRecords } from "./describe-records.ts";
import { documentsSection } from "./documents.ts";
import { environmentSection } from "./environment.ts";
import { closeFence } from "./fence.ts";
import { type FittedBriefing, fitBriefing } from "./fit.ts";
import type { Facts } from "./gather.ts";
import { nextCommandsSection } from "./next-commands.ts";
import { placeholdersOf } from "./placeholders.ts";
import type { Part, Section, SectionName } from "./section.ts";

/** Everything that a worker must know to begin, in at most so many bytes. */
export async function writeBriefing(
  context: Context,
  facts: Facts,
  role: Role,
  most: number,
): Promise<FittedBriefing> {
  const base = await findRole(context, baseRole);
  const sections = [
    promptSection("base", base, facts),
    promptSection("role", role, facts),
    recordsSection(facts),
    environmentSection(facts),
    await documentsSection(context, facts),
    nextCommandsSection(facts),
  ];
  const command = `calm worker context ${facts.task.id} ${role.name}`;
  return fitBriefing(sections.map(withoutControls), most, command);
}

function promptSection(name: SectionName, role: Role, facts: Facts): Section {
  const filled = fillPlaceholders(role.text, placeholdersOf(facts));
  const text = closeFence(escapeControls(filled, "keep").trim());
  const whole = `calm worker prompt ${role.name} --task ${facts.task.id}`;
  return { name, parts: [{ kind: "prompt", text, whole }] };
}

function recordsSection(facts: Facts): Section {
  const { task } = facts;
  const records: Part = { kind: "data", text: describeRecords(facts), whole: `calm task show ${task.id}` };
  return { name: "task", parts: [{ kind: "fixed", text: `# Current Task: ${task.id}` }, records] };
}

/** No text of a file, a path or the database may reach a terminal as it is. */
function withoutControls({ name, parts }: Section): Section {
  return { name, parts: parts.map((part) => ({ ...part, text: escapeControls(part.text, "keep") })) };
}
