import { isDeepStrictEqual } from "node:util";
import {
  DummyDriver,
  Kysely,
  sql as kyselysSql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { Delete, Insert, Update } from "../../src/store/sql/changes.ts";
import { Fragment } from "../../src/store/sql/fragment.ts";
import { Query } from "../../src/store/sql/query.ts";
import { Select } from "../../src/store/sql/select.ts";

/** The real kysely, which knows the language and no database. */
export const kysely = new Kysely<object>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

type Method = (this: unknown, ...inputs: unknown[]) => unknown;
interface Step {
  readonly name: string;
  readonly inputs: readonly unknown[];
}

/** How each query came to be. */
const histories = new WeakMap<object, readonly Step[]>();
/** What of kysely's is behind something that a callback was given. */
const kyselys = new WeakMap<object, unknown>();

/** The same query, written by kysely. */
function replay(query: object): unknown {
  const steps = histories.get(query) ?? [];
  return steps.reduce<unknown>((builder, { name, inputs }) => {
    return (builder as Record<string, Method>)[name]?.(...inputs.map(toKysely));
  }, kysely);
}

function toKysely(value: unknown): unknown {
  if (typeof value !== "object" && typeof value !== "function") return value;
  if (value === null) return null;
  if (kyselys.has(value)) return kyselys.get(value);
  if (value instanceof Query) return replay(value);
  if (value instanceof Fragment) return toRaw(value);
  if (Array.isArray(value)) return value.map(toKysely);
  if (typeof value === "function")
    return (given: object) => toKysely(Reflect.apply(value, undefined, [lent(given)]));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toKysely(one)]));
}

/** What was written out is the same text for both; how it is put together is compared by itself. */
function toRaw({ text, values }: Fragment): unknown {
  const texts = text.split("?");
  if (texts.length !== values.length + 1)
    throw new Error(`A question mark that stands for no value: ${text}`);
  return kyselysSql(Object.assign(texts, { raw: texts }), ...values);
}

/** Something of kysely's for a callback of calm's, which may hand it pieces of calm's. */
function lent(native: object, owner?: object): object {
  const proxy = new Proxy(() => undefined, {
    get: (_, name) => {
      const found: unknown = Reflect.get(native, name);
      return typeof found === "function" ? lent(found, native) : found;
    },
    apply: (_, __, inputs: unknown[]) => {
      const made: unknown = Reflect.apply(native as Method, owner, inputs.map(toKysely));
      return typeof made === "object" && made !== null ? lent(made) : made;
    },
  });
  kyselys.set(proxy, native);
  return proxy;
}

/** Fails unless kysely writes a query, which was made under watch, in the same words and with the same values. */
export function compareWithKysely(query: Query<string>): void {
  const { text, values } = query.statement;
  const { sql, parameters } = (replay(query) as ReturnType<typeof kysely.selectFrom>).compile();
  if (text === sql && isDeepStrictEqual(values, parameters)) return;
  throw new Error(
    `kysely writes\n  ${sql} ${JSON.stringify(parameters)}\ncalm\n  ${text} ${JSON.stringify(values)}`,
  );
}

/** Where in the store's own files the innermost call comes from: `projects.ts:20`. */
function callSite(): string | undefined {
  // Each frame costs as much as the query: its place is looked up in a map of the source.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 6;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return /\/src\/store\/((?!sql\/|queries)[^:]+:\d+)/.exec(stack ?? "")?.[1];
}

/** Puts something of ours around a method; gives what takes it away again. */
function around(place: object, name: string, watched: (original: Method) => Method): () => void {
  const original = Reflect.get(place, name) as Method;
  Reflect.set(place, name, watched(original));
  return () => Reflect.set(place, name, original);
}

const beginnings = [
  [Select, "from", "selectFrom"],
  [Insert, "into", "insertInto"],
  [Update, "of", "updateTable"],
  [Delete, "from", "deleteFrom"],
] as const;

/** A method that begins a query. */
function beginning(verb: string, original: Method): Method {
  return (runner, table) => {
    const made = original(runner, table) as object;
    histories.set(made, [{ name: verb, inputs: [table] }]);
    return made;
  };
}

/** A method that takes a step in writing one. */
function taking(name: string, original: Method): Method {
  return function (...inputs) {
    const made = Reflect.apply(original, this, inputs) as object;
    histories.set(made, [...(histories.get(this as object) ?? []), { name, inputs }]);
    return made;
  };
}

/** A method that runs one. */
function comparing(original: Method): Method {
  return function (...inputs) {
    if (!(this instanceof Fragment)) compareWithKysely(this as Query<string>);
    return Reflect.apply(original, this, inputs);
  };
}

/**
 * From now on every query of this process is compared with kysely's before it is run; gives the lines of the store that
 * took a step in writing one, and what ends the watch.
 */
export function watchQueries(): { readonly lines: ReadonlySet<string>; readonly end: () => void } {
  const lines = new Set<string>();
  const undo: (() => void)[] = [];
  const watch = (place: object, name: string, watched: (original: Method) => Method): void => {
    const noted = (original: Method): Method => {
      const method = watched(original);
      return function (...inputs) {
        const line = callSite();
        if (line !== undefined) lines.add(line);
        return Reflect.apply(method, this, inputs);
      };
    };
    undo.push(around(place, name, noted));
  };
  for (const [kind, name, verb] of beginnings) watch(kind, name, (original) => beginning(verb, original));
  for (const [{ prototype }] of beginnings) {
    const steps = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
    for (const name of steps) watch(prototype, name, (original) => taking(name, original));
  }
  for (const { prototype } of [Query, Fragment]) watch(prototype, "execute", comparing);
  const end = (): void => {
    for (const one of undo.reverse()) one();
  };
  return { lines, end };
}
