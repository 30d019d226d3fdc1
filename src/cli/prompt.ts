import type { Environment } from "../context.ts";
import { shellQuote } from "../model/shell-quote.ts";
import type { Prompts } from "../operations/open-context.ts";
import { escapeControls } from "../text/escape.ts";
import { columnsOf, type Terminal } from "./terminal.ts";

/** What decides whether a person can be asked, and what ends the asking. */
interface PromptOptions {
  /** The words of the command line. */
  readonly argv: readonly string[];
  readonly noInput: boolean;
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** Questions on the terminal. They go to stderr: stdout is for the answer. */
export function createPrompts(terminal: Terminal, { argv, noInput, env, signal }: PromptOptions): Prompts {
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
    get withYes() {
      return `calm ${withYes(argv).map(shellQuote).join(" ")}`;
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

/** A flag counts only before the words that are none. */
function withYes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end === -1 ? [...argv, "--yes"] : argv.toSpliced(end, 0, "--yes");
}
