import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Prompts } from "./open-context.ts";

/** How a Context asks, given the adaptor's way of asking a person. */
export function questions(prompts: Prompts): Pick<Context, "interactive" | "confirm" | "askPerson"> {
  return {
    get interactive() {
      return prompts.interactive;
    },
    confirm: async (question, yes) => {
      if (yes) return;
      if (!prompts.interactive) {
        throw new Failure("needs_yes", `${question} Nobody is at a terminal to answer`, {
          hint: `Say yes in advance: ${prompts.withYes}`,
        });
      }
      if (!(await prompts.confirm(question))) throw notConfirmed();
    },
    askPerson: async ({ question, word, command }) => {
      if (!prompts.interactive) {
        throw new Failure("needs_person", "Only a person at a terminal may do this", {
          hint: `A person runs: ${command}`,
        });
      }
      if (!(await prompts.typeWord(question, word))) throw notConfirmed();
    },
  };
}

function notConfirmed(): Failure {
  return new Failure("not_confirmed", "Not confirmed; nothing was done", {
    hint: "Run the command again to decide",
  });
}
