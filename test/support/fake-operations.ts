import { type FakeCliOptions, type FakeRun, runFake } from "./fake-cli.ts";
import * as z from "zod/mini";
import { Failure } from "../../src/failure.ts";
import { DryRun, field, Yes } from "../../src/model/field.ts";
import type { AnyOperation } from "../../src/operations/operation.ts";

const echoed = z.object({ got: z.record(z.string(), z.unknown()) });

/** An operation that answers with its own input. */
export function echo(name: string, input: z.ZodMiniObject, more: Partial<AnyOperation> = {}): AnyOperation {
  return {
    name,
    summary: `Echo of ${name}`,
    kind: "echo",
    effect: "read",
    examples: [`calm ${name}`],
    input,
    output: echoed,
    run: (_context, given) => Promise.resolve({ got: given }),
    text: (output) => JSON.stringify(output["got"]),
    ...more,
  };
}

/** `task create`: arguments, choices, a number, lists, defaults of both kinds. */
export const taskCreate = echo(
  "task create",
  z.object({
    id: field(z.string(), "Id of the new task"),
    title: field(z.string(), "One line"),
    type: field(z._default(z.enum(["feature", "bug"]), "feature"), "Kind of task"),
    priority: field(z.optional(z.int().check(z.minimum(0), z.maximum(4))), "0 is the most urgent"),
    blocked_by: field(z.optional(z.array(z.string())), "Tasks that come first"),
    scores: z.optional(z.array(z.number())),
    notes: z.optional(z.string()),
    notify: field(z._default(z.boolean(), true), "Tell the others"),
    no_cache: z._default(z.boolean(), false),
  }),
  {
    positional: ["id", "title"],
    examples: ['calm task create SPEC-1 "A title" --type bug'],
    effect: "write",
  },
);

/** `task list`, which completion asks for ids. */
export const taskList: AnyOperation = {
  ...echo("task list", z.object({ phase: field(z.optional(z.string()), "Only this phase") })),
  kind: "tasks",
  output: z.object({ tasks: z.array(z.object({ id: z.string(), title: z.string() })) }),
  run: () =>
    Promise.resolve({
      tasks: [
        { id: "SPEC-1", title: "first\ttitle\nhere" },
        { id: "SPEC-2", title: "second" },
        { id: "$(reboot)", title: "not a word for a shell" },
      ],
    }),
  text: (output) => JSON.stringify(output),
};

/** `task show`, one argument. */
export const taskShow = echo("task show", z.object({ id: z.string() }), { positional: ["id"] });

/** `task delete`, which destroys. */
export const taskDelete = echo(
  "task delete",
  z.object({ ids: z.array(z.string()), yes: Yes, dry_run: DryRun }),
  { positional: ["ids"], effect: "destroy" },
);

/** `status`, a name that is also a group. */
export const status = echo("status", z.object({}));

/** `status health`, whose answer is "no". */
export const statusHealth: AnyOperation = {
  ...echo("status health", z.object({})),
  kind: "health",
  output: z.object({ passed: z.boolean() }),
  run: (context) => {
    context.warn("something is odd");
    context.progress("looking around");
    return Promise.resolve({ passed: false });
  },
  text: () => "DEGRADED",
  passed: (output) => output["passed"] === true,
  next: () => ["calm doctor --fix"],
};

/** `session save`, which reads standard input. */
export const sessionSave = echo("session save", z.object({ text: z.string() }), { stdin: "text" });

/** `fail`, which refuses, breaks or is interrupted. */
export const fail: AnyOperation = echo(
  "fail",
  z.object({ how: z.enum(["refused", "busy", "bug", "thrown"]) }),
  {
    positional: ["how"],
    run: (_context, { how }) => {
      if (how === "refused") {
        throw new Failure("needs_yes", "It would remove\x1b[2J things", {
          hint: "calm fail --yes",
          details: { count: 2 },
        });
      }
      if (how === "busy") throw new Failure("busy", "Somebody holds it");
      if (how === "bug") throw new TypeError("cannot read it\nsecond line");
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library does
      throw "a plain text";
    },
  },
);

/** All of them. */
export const fakeOperations: readonly AnyOperation[] = [
  taskCreate,
  taskList,
  taskShow,
  taskDelete,
  status,
  statusHealth,
  sessionSave,
  fail,
];

/** Runs a command line over the fake operations. */
export function calm(argv: readonly string[], options: Partial<FakeCliOptions> = {}): Promise<FakeRun> {
  return runFake(argv, { operations: fakeOperations, ...options });
}
