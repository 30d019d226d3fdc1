import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { defineCommand } from "../command.ts";
import { completeWords } from "../completion/complete-words.ts";
import { noCandidates } from "../completion/tab.ts";

/** `calm complete -- …`: what the shells' scripts call on each TAB. */
export const complete = defineCommand({
  name: "complete",
  summary: "Answer a shell that asks how a command line may go on",
  examples: ["calm complete -- task show ''"],
  input: z.object({
    words: field(z._default(z.array(z.string()), []), "The words of the line, the last one unfinished"),
  }),
  positional: ["words"],
  async run(session, { words }) {
    session.printer.answer(await completeWords(session, words).catch(() => noCandidates));
    return 0;
  },
});
