import type { Described } from "../command.ts";
import { type Field, fieldsOf } from "../fields.ts";

/** The ways in which the command line keeps an answer up to date; no operation and no other adaptor knows of them. */
type Live = "watch" | "follow";

/** Seconds between two looks of `--watch`. */
export const watchSeconds = 2;

const descriptions: Readonly<Record<Live, string>> = {
  watch: `Keep it on the screen, drawn anew every ${watchSeconds} seconds, until Ctrl-C`,
  follow: "Go on with what is new as it comes, until Ctrl-C; with --json each answer is one line",
};

function waysOf(target: Described): Live[] {
  return [target.watch ? "watch" : [], target.follow ? "follow" : []].flat() as Live[];
}

/** All that a line of the command may give: the fields of its input, and the flags that keep its answer up to date. */
export function lineFields(target: Described): readonly Field[] {
  const live = waysOf(target).map(
    (name): Field => ({
      ...{ name, flag: name, kind: "boolean", list: false, choices: undefined },
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
  const entries = Object.entries(raw).filter(([name]) => !ways.some((way) => way === name));
  return { live: ways.find((way) => raw[way] === true), input: Object.fromEntries(entries) };
}
