import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { defineCommand } from "../command.ts";
import { completionScript } from "../completion/tab.ts";
import { answerDocument } from "../envelope.ts";

/** `calm completion` */
export const completion = defineCommand({
  name: "completion",
  summary: "Print the completion script of a shell",
  examples: [
    "calm completion bash >> ~/.bashrc",
    "calm completion fish > ~/.config/fish/completions/calm.fish",
  ],
  input: z.object({ shell: field(z.enum(["bash", "zsh", "fish"]), "The shell that is to complete calm") }),
  positional: ["shell"],
  run({ printer, globals }, { shell }) {
    const script = completionScript(shell);
    printer.answer(globals.json ? answerDocument("completion", { shell, script }, []) : script);
    return Promise.resolve(0);
  },
});
