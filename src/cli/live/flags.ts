import type { Described } from "../command.ts";
import { type Field, fieldsOf } from "../fields.ts";

/** The ways in which the command line keeps an answer up to date; no operation and no other adaptor knows of them. */
type Live = "watch" | "follow" | "again";

/** Seconds between two looks of `--watch`. */
export const watchSeconds = 2;

/** Answering again for new content is a way of watching, too. */
const flags: Readonly<Record<Live, string>> = { watch: "watch", follow: "follow", again: "watch" };

const descriptions: Readonly<Record<Live, string>> = {
  watch: `Keep it on the screen, drawn anew every ${watchSeconds} seconds, until Ctrl-C`,
  follow: "Go on with what is new as it comes, until Ctrl-C; with --json each answer is one line",
  again: "Run it again at each new commit, until Ctrl-C; with --json each answer is one line",
};

function waysOf(target: Described): Live[] {
  const { watch, follow, again } = target;
  return [watch ? "watch" : [], follow ? "follow" : [], again ? "again" : []].flat() as Live[];
}

/** All that a line of the command may give: the fields of its input, and the flags that keep its answer up to date. */
export function lineFields(target: Described): readonly Field[] {
  const live = waysOf(target).map(
    (name): Field => ({
      ...{ name: flags[name], flag: flags[name], kind: "boolean", list: false, choices: undefined },
      ...{ required: false, default: false, description: descriptions[name] },
    }),
  );
  return [...fieldsOf(target.input), ...live];
}

/** Takes those flags out of the input, which an operation must not see. */
export function takeLive(
  target: Described,
  raw: Readonly<Record<string, unknown>>,
): { readonly live: Live | undefined; readonly input: Record<string, unknown> } {
  const ways = waysOf(target);
  const entries = Object.entries(raw).filter(([name]) => !ways.some((way) => flags[way] === name));
  return { live: ways.find((way) => raw[flags[way]] === true), input: Object.fromEntries(entries) };
}
