import type { Environment } from "../context.ts";
import type { Prompts } from "../operations/open-context.ts";
import { escapeControls } from "../text/escape.ts";
import { columnsOf, type Terminal } from "./terminal.ts";

/** What decides whether a person can be asked, and what ends the asking. */
interface PromptOptions {
  readonly noInput: boolean;
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** Questions on the terminal. They go to stderr: stdout is for the answer. */
export function createPrompts(terminal: Terminal, { noInput, env, signal }: PromptOptions): Prompts {
  const streams = (): object => {
    const { stdin: input, stderr: output } = terminal;
    // A terminal that does not know its size says 0, and the question would be one letter wide.
    if (output.columns === 0) Object.assign(output, { columns: columnsOf(output, env), rows: 24 });
    return { input, output, ...(signal ? { signal } : {}) };
  };
  return {
    // Asked for late: looking at a stream opens it.
    get interactive(): boolean {
      if (noInput || env["TERM"] === "dumb") return false;
      return terminal.stderr.isTTY === true && terminal.stdin.isTTY === true;
    },
    async confirm(question) {
      const { confirm } = await import("@clack/prompts");
      const answer = await confirm({
        ...streams(),
        message: escapeControls(question, "keep"),
        initialValue: false,
      });
      // Cancelling gives a symbol.
      return answer === true;
    },
    async typeWord(question, word) {
      const { text } = await import("@clack/prompts");
      const message = `${escapeControls(question, "keep")}\nType ${escapeControls(word)} to go on:`;
      const answer = await text({ ...streams(), message });
      return typeof answer === "string" && answer.trim() === word;
    },
  };
}
