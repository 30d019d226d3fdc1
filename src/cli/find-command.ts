import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";

/** What the words of a command line name: an entry, or a group of entries. */
export type Found<E> =
  | { readonly kind: "entry"; readonly entry: E; readonly words: number }
  | { readonly kind: "group"; readonly group: string };

/** What finding needs of an entry. */
export interface Named {
  readonly name: string;
  readonly hidden?: boolean;
}

/** True when commands below this name exist. */
export function isGroup(name: string, entries: readonly Named[]): boolean {
  return entries.some((entry) => entry.name.startsWith(`${name} `) && entry.hidden !== true);
}

/** A mistyped command's most likely correction; looks at whole names, groups and last words. */
export function suggestCommand(asked: string, entries: readonly Named[]): string | undefined {
  const names = entries.filter((entry) => entry.hidden !== true).map((entry) => entry.name);
  const groups = new Set(
    names.flatMap((name) => (name.includes(" ") ? [name.slice(0, name.indexOf(" "))] : [])),
  );
  const near = closest(asked, [...names, ...groups]);
  if (near !== undefined) return near;
  const firstWord = asked.split(" ")[0] ?? "";
  const sameVerb = names.filter((name) => name.split(" ").at(-1) === firstWord);
  return sameVerb[0] ?? closest(firstWord, [...groups]);
}

/** The Failure of a command that does not exist, with the likeliest one that does. */
export function unknownCommand(asked: string, entries: readonly Named[], scope: string): Failure {
  const near = suggestCommand(asked, entries);
  const help = `${["calm", scope].filter((part) => part !== "").join(" ")} --help`;
  return new Failure("unknown_command", `Unknown command: ${asked.slice(0, 80)}`, {
    hint: near === undefined ? help : `Did you mean calm ${near}? All: ${help}`,
  });
}

/** Finds the entry with the longest name that the line begins with; a Failure unknown_command without one. */
export function findCommand<E extends Named>(words: readonly string[], entries: readonly E[]): Found<E> {
  const longest = entries.reduce((most, entry) => Math.max(most, entry.name.split(" ").length), 0);
  for (let count = Math.min(longest, words.length); count > 0; count--) {
    const name = words.slice(0, count).join(" ");
    const entry = entries.find((one) => one.name === name);
    if (entry) return { kind: "entry", entry, words: count };
    if (!isGroup(name, entries)) continue;
    if (count === words.length) return { kind: "group", group: name };
    throw unknownCommand(words.slice(0, count + 1).join(" "), entries, name);
  }
  throw unknownCommand(words[0] ?? "", entries, "");
}
