import fc from "fast-check";
import { type Field, fieldsOf } from "../../src/cli/fields.ts";
import type { Described } from "../../src/cli/command.ts";
import { allPhases, transitions } from "../../src/model/workflow.ts";

/** A command line, and what is piped into it where it reads standard input. */
export interface GeneratedLine {
  readonly argv: readonly string[];
  readonly stdin?: Buffer;
}

const characters = fc
  .array(fc.integer({ min: 0, max: 0x10_ff_ff }), { maxLength: 8 })
  .map((points) => String.fromCodePoint(...points));

const oddWords: readonly string[] = [
  ...["", " ", "-", "--", "-rf", "--help=x", "../x", "../../etc/passwd", "/", "HEAD", "main", "@{-1}"],
  ...["SPEC-1~1", "refs/heads/main", "a b", "x".repeat(300), "x".repeat(70_000)],
  ...["$(touch canary)", "`id`", "; rm x", "%s%n", "'", '"', ",", "a,,b"],
  ...["\x1b[2J", "\u202e", "\u0000", "\ud800", "a\nb", "é", "e\u0301", "😀"],
  ...["null", "__proto__", "constructor", "toString"],
  ...["NaN", "1e9", "-1", "0x10", "1.5", "9007199254740991", "99999999999999999999"],
];

const hostile = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...oddWords) },
  { weight: 1, arbitrary: characters },
);

const piped = fc.oneof(
  fc.constantFrom(
    "",
    " \n",
    "a text\n",
    "# Done\n\nNext: the rest.\n",
    '{"a":1}\n{"a":2}\n',
    "{",
    "\x1b[2J",
    "\u0000",
  ),
  characters,
);

const stdins: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: piped.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from([0xff, 0xfe, 0]), Buffer.from([0xc3])) },
);

const ids = ["SPEC-1", "SPEC-2", "spec-1", "BUG-1", "BUG-2"] as const;

/** What a field of a name usually holds. */
export type Usual = Readonly<Record<string, readonly string[]>>;

/** Values with which lines come past the first check. */
export const usual: Usual = {
  task: ids,
  id: [...ids, "SPEC", "BUG", "SPEC-3"],
  spec: [...ids, ""],
  blocked_by: [...ids, ""],
  name: ["merge_lock", "merges_since_docs", "own", "own-2"],
  role: ["reviewer", "backend", "spec-reviewer", "bug-investigator"],
  specialist: ["backend", ""],
  transition: [...transitions, "merge"],
  phase: allPhases,
  check: ["tests", "spec_exists", "code_reviews"],
  since: ["2h", "2026-01-01"],
  base: ["main", "SPEC-1", "HEAD"],
};

const anything = fc.constantFrom(...Object.values(usual).flat(), "0", "1", "12", "a title", "src/");

function valueOf(field: Field, names: Usual): fc.Arbitrary<string> {
  const fitting = field.kind === "number" ? ["0", "1", "2", "3"] : (names[field.name] ?? ["a text", "src/"]);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...(field.choices ?? fitting)) },
    { weight: 1, arbitrary: anything },
    { weight: 2, arbitrary: hostile },
  );
}

function flagWords(field: Field, names: Usual): fc.Arbitrary<readonly string[]> {
  const flag = `--${field.flag}`;
  if (field.kind === "boolean") {
    const wrong = fc.constantFrom([`--no-${field.flag}`], [`${flag}=x`]);
    return fc.oneof({ weight: 8, arbitrary: fc.constant([flag]) }, { weight: 1, arbitrary: wrong });
  }
  return valueOf(field, names).chain((value) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom([flag, value], [`${flag}=${value}`]) },
      { weight: 1, arbitrary: fc.constant([flag]) },
    ),
  );
}

const globals = [
  ["--json"],
  ["--quiet"],
  ["--yes"],
  ["--no-input"],
  ["--color", "always"],
  ["--actor", "\x1b[31m"],
];

const extraWords: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([] as string[]) },
  { weight: 3, arbitrary: fc.constantFrom(...globals) },
  { weight: 2, arbitrary: hostile.map((word) => [word]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("-C", "--project", "--actor", "--color"), hostile)
      .map((pair) => [...pair]),
  },
);

function positionalWords(fields: readonly Field[], names: Usual): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(...fields.map((field) => valueOf(field, names)))
    .chain((all) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(all) },
        { weight: 1, arbitrary: fc.nat(all.length).map((kept) => all.slice(0, kept)) },
        { weight: 1, arbitrary: hostile.map((extra) => [...all, extra]) },
      ),
    );
}

/** A command line of one operation or command: often sensible, as often with too little, too much or odd text. */
export function lineOf(target: Described, names: Usual): fc.Arbitrary<GeneratedLine> {
  const fields = fieldsOf(target.input);
  const positional = (target.positional ?? []).flatMap(
    (name) => fields.find((one) => one.name === name) ?? [],
  );
  const flags = fields.filter((field) => !positional.includes(field) && field.name !== target.stdin);
  const needed = flags.filter((field) => field.required);
  const given = fc
    .subarray(flags, { maxLength: Math.min(3, flags.length) })
    .chain((some) => fc.tuple(...[...new Set([...needed, ...some])].map((field) => flagWords(field, names))));
  const argv = fc
    .tuple(positionalWords(positional, names), given, extraWords)
    .map(([plain, flagged, last]) => [...target.name.split(" "), ...plain, ...flagged.flat(), ...last]);
  if (target.stdin === undefined) return argv.map((words) => ({ argv: words }));
  return fc.tuple(argv, stdins).map(([words, stdin]) => ({ argv: words, stdin }));
}
