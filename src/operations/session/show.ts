import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field } from "../../model/field.ts";
import { getSession, listSessions } from "../../store/sessions.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";
import { describeHandOff, detailsOf, HandOffDetails } from "./describe-hand-off.ts";

/** `calm session show` */
export const sessionShow = defineOperation({
  name: "session show",
  summary: "Show a hand-off whole, with the tasks as they were then",
  kind: "session",
  effect: "read",
  examples: ["calm session show", "calm session show S-k3m9x2p7qa", "calm session show --raw > handoff.md"],
  input: z.object({
    session: z.optional(field(z.string(), "Session id, or its beginning; default the newest")),
    raw: field(
      z._default(z.boolean(), false),
      "Only the text: exact in a pipe or file, escaped on a terminal",
    ),
  }),
  positional: ["session"],
  output: z.extend(HandOffDetails, { raw: field(z.boolean(), "Only the text was asked for") }),
  async run(context, input) {
    const store = await context.store();
    const found = await getSession(store, input.session ?? (await newestId(context)));
    return { ...detailsOf(found), raw: input.raw };
  },
  text: (handOff, text) =>
    handOff.raw ? escapeControls(handOff.content, "keep") : describeHandOff(handOff, text),
  verbatim: ({ raw, content }) => (raw ? content : undefined),
});

async function newestId(context: Context): Promise<string> {
  const [newest] = await listSessions(await context.store(), 1);
  if (newest) return newest.id;
  throw new Failure("session_not_found", "No sessions found.", {
    hint: 'Save one: echo "what is done, what is next" | calm session save',
  });
}
