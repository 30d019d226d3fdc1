import * as z from "zod/mini";

/** What the command line needs to know of one field of an input schema. */
export interface Field {
  /** As the schema has it, snake_case. */
  readonly name: string;
  /** As the command line has it, kebab-case without hyphens in front. */
  readonly flag: string;
  readonly kind: "text" | "number" | "boolean";
  /** Takes several values. */
  readonly list: boolean;
  readonly choices: readonly string[] | undefined;
  readonly required: boolean;
  /** The value of a field that is not given; undefined = none. */
  readonly default: unknown;
  readonly description: string | undefined;
}

/** The flag of a field: `blocked_by` → `blocked-by`. */
export function flagOf(field: string): string {
  return field.replaceAll("_", "-");
}

interface Found {
  kind: Field["kind"];
  list: boolean;
  choices: readonly string[] | undefined;
  default: unknown;
  description: string | undefined;
}

/** The parts of zod's own description of a schema that matter here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly defaultValue?: unknown;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
}

function read(schema: z.core.$ZodType, found: Found): void {
  const definition: Definition = schema._zod.def;
  found.description ??= z.globalRegistry.get(schema)?.description;
  found.default ??= definition.defaultValue;
  const inner = definition.innerType ?? definition.in ?? definition.element;
  switch (definition.type) {
    case "number":
    case "int":
      found.kind = "number";
      break;
    case "boolean":
      found.kind = "boolean";
      break;
    case "enum":
      found.choices = Object.values(definition.entries ?? {}).map(String);
      break;
    case "literal":
      found.choices = definition.values?.map(String);
      break;
    case "union":
      readUnion(definition.options ?? [], found);
      break;
    case "array":
      found.list = true;
      if (inner) read(inner, found);
      break;
    default:
      if (inner) read(inner, found);
  }
}

/** A union of literals and enums is a choice; any other is taken as text, for the schema to judge. */
function readUnion(options: readonly z.core.$ZodType[], found: Found): void {
  const parts = options.map((option) => {
    const part = nothingYet();
    read(option, part);
    return part;
  });
  if (parts.every((part) => part.choices !== undefined)) {
    found.choices = parts.flatMap((part) => part.choices ?? []);
  }
}

function nothingYet(): Found {
  return { kind: "text", list: false, choices: undefined, default: undefined, description: undefined };
}

/** The fields of an input schema, in the order of the schema. */
export function fieldsOf(input: z.ZodMiniObject): readonly Field[] {
  return Object.entries(input.shape).map(([name, schema]) => {
    const found = nothingYet();
    read(schema, found);
    return { name, flag: flagOf(name), ...found, required: schema._zod.optin === undefined };
  });
}

/** True for a switch that is on, or undecided, unless it is said otherwise: it gets a `--no-` form too. */
export function canBeNegated(field: Field): boolean {
  return field.kind === "boolean" && !field.required && field.default !== false;
}
