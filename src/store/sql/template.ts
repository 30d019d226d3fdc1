import { Fragment, join, operand, reference } from "./fragment.ts";

function literal(value: string | number | null): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** SQL that is written out, with values and other pieces in its places. */
function written(texts: TemplateStringsArray, ...values: readonly unknown[]): Fragment {
  const pieces = texts.flatMap((text, index) => {
    const piece = new Fragment(text);
    return index < values.length ? [piece, operand(values[index])] : [piece];
  });
  return join(pieces, "");
}

/** The tag of written SQL, and what its places take that is neither a value nor a query. */
export const template = Object.assign(written, {
  ref: reference,
  table: reference,
  /** A value that is spelled out, not bound. */
  lit: (value: string | number | null) => new Fragment(literal(value)),
  raw: (text: string) => new Fragment(text),
  join: (items: readonly unknown[], between = new Fragment(", ")) => join(items.map(operand), between.text),
});
