import { standardCounters } from "../../model/counter.ts";
import { builtinRoles } from "../../model/worker.ts";
import { allPhases, builtinChecks, transitions } from "../../model/workflow.ts";
import { execute } from "../../operations/execute.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Session } from "../command.ts";
import type { Field } from "../fields.ts";
import type { Candidate } from "./tab.ts";

// What a shell gets as a word must not mean anything else to it: bash expands the words of `compgen -W`.
const safeWord = /^[A-Za-z0-9][\w./:@-]*$/;

/** Values that need no database, by the name of the field. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  phase: allPhases,
  transition: transitions,
  check: builtinChecks,
  role: builtinRoles,
  counter: standardCounters,
};

/** Fields that hold ids of something whose name they do not bear. */
const holds: Readonly<Record<string, string>> = { spec: "task", blocked_by: "task", parent: "task" };

/** Verbs whose `id` or `name` is a new one. */
const inventing = new Set(["create", "add", "save"]);

/** What a field holds ids of: `task_id` → task; `id` and `name` belong to the command's group. */
function thingOf(field: Field, command: string): string | undefined {
  const [group, verb] = command.split(" ");
  if (field.name === "id" || field.name === "name") {
    return inventing.has(verb ?? "") ? undefined : group;
  }
  const bare = field.name.replace(/_id$/, "");
  return holds[field.name] ?? holds[bare] ?? bare;
}

function textAt(row: object, keys: readonly string[]): string | undefined {
  const values = new Map<string, unknown>(Object.entries(row));
  return keys.map((key) => values.get(key)).find((value) => typeof value === "string");
}

/** Ids and titles in the first list of an operation's answer. */
function candidatesIn(output: Readonly<Record<string, unknown>>): Candidate[] {
  const rows = Object.values(output).find((value) => Array.isArray(value)) ?? [];
  return (rows as unknown[]).flatMap((row) => {
    if (typeof row !== "object" || row === null) return [];
    const value = textAt(row, ["id", "name", "task_id", "task"]);
    if (value === undefined || !safeWord.test(value)) return [];
    return [{ value, description: escapeControls(textAt(row, ["title", "summary", "role"]) ?? "", "space") }];
  });
}

/** What `<thing> list` answers; nothing when there is no such operation or it fails. */
async function listed(session: Session, thing: string): Promise<Candidate[]> {
  const name = `${thing} list`;
  const entry = session.operations.find((one) => one.name === name);
  if (!entry) return [];
  try {
    const context = await session.contextFor(name);
    try {
      // A stale worker still needs the ids that it completes, its own to resume among them.
      const reading = { ...context, store: () => context.storeBeyondLease() };
      return candidatesIn(await execute(await entry.load(), reading, {}));
    } finally {
      await context.close();
    }
  } catch {
    // Completion never fails and never tells why: the shell has no place for it.
    return [];
  }
}

/** The values that a field may take: its choices, what exists now, or what calm knows by itself. */
export async function valuesOf(
  session: Session,
  field: Field,
  command: string,
): Promise<readonly Candidate[]> {
  const plain = (values: readonly string[]): Candidate[] =>
    values.map((value) => ({ value, description: "" }));
  if (field.choices) return plain(field.choices);
  if (field.kind !== "text") return [];
  const thing = thingOf(field, command);
  if (thing === undefined) return [];
  const live = await listed(session, thing);
  return live.length > 0 ? live : plain(fixed[thing] ?? []);
}
