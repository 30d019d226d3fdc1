import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { MachinePart, Session, type TaskState } from "../../model/session.ts";
import type { StoredSession } from "../../store/sessions.ts";
import { ago } from "../../text/ago.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import type { Text } from "../../text/text.ts";

/** A hand-off with everything that is known of it. */
export const HandOffDetails = z.extend(Session, {
  resumed_by: field(z.nullable(z.string()), "Who resumed it; null = nobody, or another program"),
  machine_part: field(
    z.nullable(MachinePart),
    "The tasks as they were when it was saved; null = not recorded",
  ),
});
export type HandOffDetails = z.output<typeof HandOffDetails>;

/** A session with everything that is known of it, as operations answer. */
export function detailsOf({ session, machinePart, resumedBy }: StoredSession): HandOffDetails {
  return { ...session, resumed_by: resumedBy, machine_part: machinePart };
}

/** A hand-off for people: what it is, its text whole, and the tasks, as they were or as they are now. */
export function describeHandOff(handOff: HandOffDetails, text: Text, now?: MachinePart): string {
  const part = now ?? handOff.machine_part;
  const when = now === undefined ? "when it was saved" : "now";
  return [
    `Session: ${text.colors.bold(handOff.id)}`,
    `Saved: ${handOff.created_at} (${ago(handOff.created_at, text.now)}) by ${escapeControls(handOff.actor)}`,
    `Continuation: ${continuation(handOff, text)}`,
    text.colors.bold("--- Handoff Content ---"),
    escapeControls(handOff.content, "keep").replace(/\n$/, ""),
    text.colors.bold(`--- Tasks ${when} ---`),
    ...(part === null ? ["Not recorded: the save was cut short, or another program made it."] : []),
    ...(part?.tasks.length === 0 ? ["No open tasks."] : []),
    ...(part?.tasks ?? []).flatMap((state) => taskLines(state, text)),
  ].join("\n");
}

function continuation({ continuation: state, resumed_at: at, resumed_by: by }: HandOffDetails, text: Text) {
  if (state === "none") return "not asked for";
  if (at === null) return text.colors.yellow("pending");
  return `resumed ${ago(at, text.now)}${by === null ? "" : ` by ${escapeControls(by)}`}`;
}

function taskLines(state: TaskState, text: Text): string[] {
  const { colors } = text;
  const { last_verdict: verdict, problem, wip_commit: wip } = state;
  const lines: (readonly [string, string | null])[] = [
    [
      "Worktree",
      state.worktree && `${escapeControls(state.worktree)}${state.head ? ` at ${state.head}` : ""}`,
    ],
    ["Problem", problem && colors.red(escapeControls(problem))],
    ["Committed", wip && `what was staged, as ${wip}`],
    ["Uncommitted", uncommittedLine(state)],
    [
      "Gate",
      verdict &&
        `run ${verdict.run}, ${verdict.transition} at ${verdict.commit}: ${verdict.verdict ?? "no verdict"}`,
    ],
    ["Blocked by", state.open_blockers.join(", ")],
    ["Waits for", state.waits_for_person ? "a person's approval" : ""],
    ["Next", state.next],
  ];
  return [
    `${colors.bold(state.task)}  ${state.phase}  ${escapeControls(state.title, "space")}`,
    ...lines.flatMap(([name, value]) => (value ? [`  ${name}: ${value}`] : [])),
  ];
}

function uncommittedLine({ uncommitted, staged, files }: TaskState): string {
  if (uncommitted === 0) return "";
  const more = uncommitted > files.length ? ", …" : "";
  return `${plural(uncommitted, "file")} (${staged} staged): ${escapeControls(files.join(", "))}${more}`;
}
