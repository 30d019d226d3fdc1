import { type Field, flagOf } from "./fields.ts";

/** The fields given by position, in order. */
export function positionalFields(
  fields: readonly Field[],
  positional: readonly string[] | undefined,
): readonly Field[] {
  return (positional ?? []).flatMap((name) => fields.find((field) => field.name === name) ?? []);
}

/** The fields given by flag. */
export function flagFields(
  fields: readonly Field[],
  positional: readonly string[] | undefined,
): readonly Field[] {
  return fields.filter((field) => positional?.includes(field.name) !== true);
}

/** An argument as usage lines show it: `<id>`, `[<id>]`, `<path>...`. */
export function argumentLabel(field: Field): string {
  const label = `<${flagOf(field.name)}>${field.list ? "..." : ""}`;
  return field.required ? label : `[${label}]`;
}

/** The usage line of a command. */
export function usageLine(
  name: string,
  fields: readonly Field[],
  positional: readonly string[] | undefined,
): string {
  const labels = positionalFields(fields, positional).map(argumentLabel);
  return ["calm", name, ...labels, "[flags]"].join(" ");
}
