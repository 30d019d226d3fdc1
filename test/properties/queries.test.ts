import * as fc from "fast-check";
import { sql as kyselysSql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { queriesOf, sql } from "../../src/store/queries.ts";
import type { Fragment } from "../../src/store/sql/fragment.ts";
import type { Query } from "../../src/store/sql/query.ts";
import { openDatabase } from "../../src/store/sqlite.ts";
import { compareWithKysely, kysely, watchQueries } from "../support/kysely-oracle.ts";
import { chosenSeed, samples } from "../support/samples.ts";

/** The values that rows and conditions may have, and names that need care. */
const value = fc.oneof(fc.integer(), fc.constantFrom("", "it's", "?", 'a "b"', null));
const name = fc.constantFrom("a", "t.b", 'we"ird', "as");

interface Text {
  readonly kind: "ref" | "table" | "raw";
  readonly text: string;
}
interface Value {
  readonly kind: "value" | "lit";
  readonly value: string | number | null;
}
interface Several {
  readonly kind: "join" | "texts";
  readonly pieces: readonly (Text | Value | Several)[];
}
type Piece = Text | Value | Several;

const { piece } = fc.letrec<{ piece: Piece }>((tie) => {
  const pieces = fc.array(tie("piece"), { maxLength: 3 });
  return {
    piece: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constantFrom("value", "lit"), value }),
      fc.record({ kind: fc.constantFrom("ref", "table", "raw"), text: name }),
      fc.record({ kind: fc.constantFrom("join", "texts"), pieces }),
    ),
  };
});

/** A piece as one of the two tags writes it. */
function write(tag: typeof sql, written: Piece): unknown {
  if ("value" in written) return written.kind === "lit" ? tag.lit(written.value) : written.value;
  if ("text" in written) return tag[written.kind](written.text);
  const pieces = written.pieces.map((one) => write(tag, one));
  if (written.kind === "join")
    return pieces.length % 2 === 0 ? tag.join(pieces) : tag.join(pieces, tag` and `);
  const texts = ["(", ...pieces.map((_, index) => ` ${index} `)];
  return tag(Object.assign(texts, { raw: texts }), ...pieces);
}

test("written SQL, however it is put together, is kysely's", () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const whole: Piece = { kind: "texts", pieces };
      const { text, values } = write(sql, whole) as Fragment;
      const theirs = (write(kyselysSql, whole) as ReturnType<typeof sql>).compile(kysely);
      expect({ sql: text, parameters: values }).toEqual({ sql: theirs.sql, parameters: theirs.parameters });
    }),
    { numRuns: samples(100, 2000), ...chosenSeed },
  );
});

type Call = (...inputs: readonly unknown[]) => Words;
type Word =
  | (
      | "selectFrom"
      | "insertInto"
      | "updateTable"
      | "deleteFrom"
      | "select"
      | "selectAll"
      | "distinct"
      | "union"
    )
  | ("innerJoin" | "leftJoin" | "onRef" | "where" | "or" | "val" | "fn" | "as" | "orderBy" | "limit" | "set")
  | ("values" | "returning" | "onConflict" | "column" | "columns" | "doUpdateSet" | "doNothing");
/** Everything that a query can be told, whatever kysely's types say to names that are made up. */
interface Words extends Readonly<Record<Word, Call>> {
  (...inputs: readonly unknown[]): Words;
}
type Step = (query: Words, db: Words) => Words;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, fc.constantFrom("=", "!=", "<", "is", "is not"), value).map(
    ([left, operator, right]): Step =>
      (query) =>
        query.where(left, operator, right),
  ),
  fc.tuple(name, fc.array(value)).map(
    ([left, right]): Step =>
      (query) =>
        query.where(left, "not in", right),
  ),
  fc.tuple(name, fc.array(value, { minLength: 2, maxLength: 4 })).map(
    ([left, values]): Step =>
      (query) =>
        query.where((eb: Words) => eb.or(values.map((one) => eb(left, "=", eb.val(one))))),
  ),
  fc.tuple(name, value).map(
    ([left, right]): Step =>
      (query, db) =>
        query.where(left, "in", db.selectFrom("u").select(left).where(left, ">", right)),
  ),
  fc.tuple(name, fc.constantFrom("asc", "desc", undefined)).map(
    ([column, direction]): Step =>
      (query) =>
        query.orderBy(column, direction),
  ),
  fc.tuple(name, name).map(
    ([left, right]): Step =>
      (query) =>
        query.leftJoin("v as w", (join: Words) => join.onRef(left, "=", right).onRef("w.c", "<=", right)),
  ),
  fc.tuple(name, name).map(
    ([left, right]): Step =>
      (query) =>
        query.innerJoin("v", left, right).selectAll("v"),
  ),
  name.map(
    (column): Step =>
      (query) =>
        query
          .select([column, `${column} as other`])
          .select((eb: Words) => eb.fn("min", [column]).as("least")),
  ),
  value.map(
    (one): Step =>
      (query, db) =>
        query.union(db.selectFrom("u").selectAll().where("b", "=", one)),
  ),
);

test("queries of any shape are kysely's: steps in any order, rows with gaps, conflicts", () => {
  onTestFinished(watchQueries().end);
  const connected = queriesOf(openDatabase(":memory:"));
  onTestFinished(() => {
    connected.close();
  });
  const db = connected as unknown as Words;
  const same = (query: unknown): void => {
    compareWithKysely(query as Query<string>);
  };
  const row = fc.dictionary(name, fc.option(value, { nil: undefined }), { minKeys: 1 });
  const rows = fc.array(row, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(step), rows, name, value, (steps, [first = {}, ...more], key, one) => {
      fc.pre(Object.values(first).some((cell) => cell !== undefined));
      const query = steps.reduce((so: Words, take) => take(so, db), db.selectFrom("t as u").selectAll());
      same(query);
      same(query.limit(3).distinct());
      same(db.updateTable("t").where(key, "=", one).set(first).where(key, "is", null));
      same(db.deleteFrom("t").where(key, "in", [one, one]).where(key, "=", sql`${one} + 1`));
      const insert = db.insertInto("t").values([first, ...more]);
      same(insert.returning("a"));
      same(insert.onConflict((conflict: Words) => conflict.columns(["a", "b"]).doUpdateSet(first)));
      same(insert.onConflict((conflict: Words) => conflict.column("a").doNothing()));
      same(
        insert.onConflict((conflict: Words) =>
          conflict
            .column("a")
            .doUpdateSet((eb: Words) => ({ a: eb.fn("max", [key, eb(key, "+", one), eb.val(one)]) })),
        ),
      );
    }),
    { numRuns: samples(60, 2000), ...chosenSeed },
  );
});
