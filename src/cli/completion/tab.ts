import { type Command, RootCommand, script } from "@bomb.sh/tab";
import { globalFlags } from "../globals.ts";

/** One word that may come next. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** A flag of the command that is being completed; no candidates = a switch. */
export interface FlagCandidates {
  readonly flag: string;
  readonly description: string;
  readonly values: readonly Candidate[] | undefined;
}

/** All that may follow on one command line. */
export interface CompletionFacts {
  readonly commands: readonly Candidate[];
  /** The command that the line names; "" while it names none. */
  readonly current: string;
  readonly flags: readonly FlagCandidates[];
  /** Candidates of each argument in order. */
  readonly positionals: readonly (readonly Candidate[])[];
  /** The last positional takes all words that follow. */
  readonly rest: boolean;
}

/** The answer that proposes nothing: no words, no files. */
export const noCandidates = ":4";

/** The answer that makes a shell propose directories. */
export const directoriesOnly = ":16";

/** The library prints with console.log and offers no other way; what it prints is taken back here. */
function printedBy(work: () => void): string {
  const lines: string[] = [];
  const original = console.log;
  console.log = (...parts: unknown[]) => {
    lines.push(parts.join(" "));
  };
  try {
    work();
  } finally {
    console.log = original;
  }
  return lines.join("\n");
}

/** The script that makes a shell ask `calm complete -- …` on TAB. */
export function completionScript(shell: "bash" | "zsh" | "fish"): string {
  return printedBy(() => {
    script(shell, "calm", "calm");
  });
}

type Complete = (value: string, description: string) => void;

function handler(candidates: readonly Candidate[]): (complete: Complete) => void {
  return (complete) => {
    for (const { value, description } of candidates) complete(value, description);
  };
}

function addGlobalFlags(target: Command): void {
  for (const { flag, short, choices, value, description } of globalFlags) {
    if (flag === "") continue;
    const values = choices ?? (value === undefined ? undefined : []);
    if (values)
      target.option(flag, description, handler(values.map((one) => ({ value: one, description: "" }))));
    else if (short === undefined) target.option(flag, description);
    else target.option(flag, description, short);
  }
}

/** The lines that answer a shell: candidates that fit the last word, and the directive. */
export function candidateLines(facts: CompletionFacts, words: readonly string[]): string {
  const root = new RootCommand();
  for (const { value, description } of facts.commands) root.command(value, description);
  const target = root.commands.get(facts.current) ?? root;
  for (const command of new Set([root, target, ...root.commands.values()])) addGlobalFlags(command);
  for (const { flag, description, values } of facts.flags) {
    if (values) target.option(flag, description, handler(values));
    else target.option(flag, description);
  }
  facts.positionals.forEach((candidates, index) => {
    const isRest = facts.rest && index === facts.positionals.length - 1;
    target.argument(`argument-${index}`, handler(candidates), isRest);
  });
  return printedBy(() => {
    root.parse([...words]);
  });
}
