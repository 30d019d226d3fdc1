import * as z from "zod/mini";
import { TaskCommand } from "../../model/session.ts";
import { listTaskCommands } from "../../sessions/task-command.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";

/** `calm session next-commands` */
export const sessionNextCommands = defineOperation({
  name: "session next-commands",
  summary: "Print the next command of each open task as Markdown",
  kind: "next_commands",
  effect: "read",
  examples: ["calm session next-commands", "calm session next-commands >> handoff.md"],
  input: z.object({}),
  output: z.object({ tasks: z.array(TaskCommand) }),
  run: async (context) => ({ tasks: await listTaskCommands(context) }),
  text({ tasks }) {
    if (tasks.length === 0) return "No open tasks.";
    return ["## Next commands", ...tasks.map(section)].join("\n\n");
  },
});

/** A title stays outside of the fence: what is pasted into a shell must not be anybody's prose. */
function section({
  task,
  phase,
  title,
  next,
  open_blockers: open,
  waits_for_person: waits,
}: TaskCommand): string {
  const notes = [
    ...(open.length > 0 ? [`blocked by ${open.join(", ")}`] : []),
    ...(waits ? ["a person runs this"] : []),
  ];
  const aside = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  const head = `- ${task}, ${phase}: ${escapeControls(title, "space")}${aside}`;
  return next === null ? head : `${head}\n\n  \`\`\`sh\n  ${next}\n  \`\`\``;
}
