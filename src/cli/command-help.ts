import type { Definition } from "../text/definitions.ts";
import type { Described } from "./command.ts";
import { canBeNegated, type Field, flagOf } from "./fields.ts";
import { globalRows, helpExitCodes, helpParagraph, helpSections, type Page } from "./help-page.ts";
import { lineFields } from "./live/flags.ts";
import { argumentLabel, flagFields, positionalFields, usageLine } from "./usage.ts";

const longestDefault = 40;
const longestChoices = 24;

function defaultText(value: unknown): string {
  if (Array.isArray(value)) return value.map(defaultText).join(",");
  return typeof value === "string" || typeof value === "number" || value === true ? String(value) : "";
}

/** What a value may be, and is when it is not given. */
function remarks(field: Field, byPosition: boolean): string {
  const parts = [field.description ?? ""];
  if (field.choices && (byPosition || !inlineChoices(field)))
    parts.push(`one of ${field.choices.join(", ")}`);
  if (field.list && !byPosition) parts.push("may be repeated");
  const standard = defaultText(field.default);
  const tells = standard !== "" && standard.length <= longestDefault;
  const text = parts.filter((part) => part !== "").join("; ");
  return tells ? `${text} (default: ${standard})`.trim() : text;
}

/** The choices where they are short enough to stand beside the flag. */
function inlineChoices(field: Field): string | undefined {
  const choices = field.choices?.join("|") ?? "";
  return choices !== "" && choices.length <= longestChoices ? choices : undefined;
}

function flagTerm(field: Field): string {
  if (field.kind === "boolean") return canBeNegated(field) ? `--[no-]${field.flag}` : `--${field.flag}`;
  const one = inlineChoices(field) ?? (field.kind === "number" ? "number" : "text");
  return `--${field.flag} <${field.list ? `${one},...` : one}>`;
}

function flagRow(field: Field): Definition {
  const meaning = remarks(field, false);
  return [flagTerm(field), field.required ? `${meaning} (required)`.trim() : meaning];
}

/** The help page of one operation or command. */
export function commandHelp(target: Described, page: Page): string {
  const fields = lineFields(target);
  const positional = positionalFields(fields, target.positional);
  const flags = flagFields(fields, target.positional);
  const stdin =
    target.stdin === undefined
      ? []
      : [`Standard input, when it is not a terminal, gives ${flagOf(target.stdin)}.`];
  const person = target.authority === "human" ? ["Only a person at a terminal may do this."] : [];
  const sections = helpSections(
    [
      { title: "Arguments", rows: positional.map((field) => [argumentLabel(field), remarks(field, true)]) },
      { title: "Flags", rows: flags.map(flagRow) },
      { title: "Global flags", rows: globalRows },
    ],
    page,
  );
  return [
    [target.summary, ...person, ...stdin].join("\n"),
    helpParagraph("Usage", [usageLine(target.name, fields, target.positional)], page),
    ...sections,
    ...(target.examples.length > 0
      ? [
          helpParagraph(
            "Examples",
            target.examples.map((line) => `$ ${line}`),
            page,
          ),
        ]
      : []),
    helpExitCodes(page),
  ].join("\n\n");
}
