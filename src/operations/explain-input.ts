import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";

/** What is known of the place that the input was meant for. */
interface InputTarget {
  readonly name: string;
  readonly input: z.ZodMiniObject;
  readonly positional?: readonly string[];
  readonly stdin?: string;
  readonly examples: readonly string[];
}

type Issue = z.core.$ZodIssue;

/** A field as a person names it on the command line: `<task-id>` or `--blocked-by`. */
function fieldLabel(target: Pick<InputTarget, "positional">, field: string): string {
  const kebab = field.replaceAll("_", "-");
  return target.positional?.includes(field) === true ? `<${kebab}>` : `--${kebab}`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}

const shown = (value: unknown): string =>
  value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);

function reason(issue: Issue, value: unknown): string {
  if (value === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value")) {
    return " is missing";
  }
  if (issue.code === "invalid_value") return ` is one of ${issue.values.join(", ")}; not ${shown(value)}`;
  if (issue.code === "invalid_type" && issue.expected === "int")
    return ` is a whole number; not ${shown(value)}`;
  if (issue.code === "invalid_type" && issue.expected === "number")
    return ` is a number; not ${shown(value)}`;
  if (issue.code === "custom") return ` ${issue.message}`;
  const message = issue.message.replace(/^Invalid input: /, "");
  return `: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** What is wrong with a field. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Why a value does not fit its schema, issue by issue; `label` names a field as the reader knows it. */
export function explainIssues(
  schema: z.ZodMiniObject,
  raw: unknown,
  label: (field: string) => string,
): FieldProblem[] {
  // The English messages are loaded only here.
  z.config(en());
  const issues = z.safeParse(schema, raw).error?.issues ?? [];
  return issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      return { field: issue.keys[0] ?? "", message: `${issue.keys.map(label).join(", ")} is unknown` };
    }
    const field = String(issue.path[0] ?? "");
    if (field === "") return { field, message: issue.message };
    return { field, message: `${label(field)}${reason(issue, valueAt(raw, issue.path))}` };
  });
}

function suggestion(issues: readonly Issue[], raw: unknown): string {
  for (const issue of issues) {
    const value = valueAt(raw, issue.path);
    if (issue.code !== "invalid_value" || typeof value !== "string") continue;
    const near = closest(value, issue.values.map(String));
    if (near !== undefined) return `Did you mean ${near}? See: `;
  }
  return "";
}

/** Why an input does not fit, in the words of the command line. */
export function explainInput(target: InputTarget, raw: unknown): Failure {
  const explained = explainIssues(target.input, raw, (field) => fieldLabel(target, field)).map((one) =>
    one.field === target.stdin && valueAt(raw, [one.field]) === undefined
      ? {
          ...one,
          message: `${fieldLabel(target, one.field)} is missing: give it, or pipe it to standard input`,
        }
      : one,
  );
  const issues = z.safeParse(target.input, raw).error?.issues ?? [];
  const [example] = target.examples;
  // How text gets to standard input is best shown.
  const unread = target.stdin !== undefined && explained.some(({ field }) => field === target.stdin);
  const hint = unread && example !== undefined ? `For example: ${example}` : undefined;
  return new Failure("invalid_input", explained.map(({ message }) => message).join("; "), {
    hint: hint ?? `${suggestion(issues, raw)}calm ${target.name} --help`,
    details: { issues: explained },
  });
}
