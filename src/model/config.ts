import * as z from "zod/mini";
import { field } from "./field.ts";
import { builtinChecks, type Transition, transitions } from "./workflow.ts";

const duration = /^(\d+)(ms|s|m|h)$/;
const unit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `90s` or `20m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = duration.exec(text);
  const factor = unit[match?.[2] ?? ""];
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}

const durationError = "is a duration such as 90s or 20m";

/** A duration as people write it; milliseconds once it is parsed. */
export const Duration = z.pipe(
  z
    .string({ error: durationError })
    .check(z.refine((text) => parseDuration(text) !== undefined, { error: durationError })),
  z.transform((text: string) => parseDuration(text) ?? 0),
);

const size = /^(\d+)(kB|MB|GB)$/;
const factors: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** A size as people write it; bytes once it is parsed. */
const Size = z.pipe(
  z.string().check(z.regex(size, { error: "is a size such as 50MB" })),
  z.transform((text: string) => {
    const [, number = "", unit = ""] = size.exec(text) ?? [];
    return Number(number) * (factors[unit] ?? 1);
  }),
);

/** Shorter than between two of an agent's commands, a lease would only make trouble. */
const Ttl = z.pipe(Duration, z.number().check(z.minimum(60_000, { error: "is at least 1m" })));

/** The formats of reports that calm can read; `sarif` is for linters. */
export const reportFormats = ["junit", "jest", "vitest", "go", "cargo", "tap", "rspec", "sarif"] as const;

/** What is wrong with a path or glob of files of the repository; undefined = nothing. */
function globProblem(glob: string): string | undefined {
  if (glob.trim() === "") return "is empty";
  if (/^([/~\\]|[A-Za-z]:)/.test(glob)) return "is relative to the root of the repository";
  if (glob.split("/").includes("..")) return "has no .. in it: it stays inside of the repository";
  const bare = glob.replace(/\\./g, "");
  for (const [open = "", close = ""] of ["[]", "{}", "()"]) {
    if (bare.split(open).length !== bare.split(close).length)
      return `has a ${open} or ${close} without its partner`;
  }
  return undefined;
}

const Glob = z.string().check(
  z.superRefine<string>((glob, context) => {
    const problem = globProblem(glob);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem, input: glob });
  }),
);

// A folder in brackets or with a star is a folder of just that name.
const Folder = z.string().check(
  z.refine((dir) => dir.trim() !== "" && !/^([/~\\]|[A-Za-z]:)/.test(dir) && !dir.split("/").includes(".."), {
    error: "is a folder below the root, such as web or services/api",
  }),
);

// sh takes an empty line, and one that is only a comment, for a success.
const Line = z
  .string()
  .check(z.refine((line) => /^(?!\s*#)\s*\S/m.test(line), { error: "is no command: it is empty" }));

const Report = z.strictObject({
  format: z.enum(reportFormats),
  path: z.optional(
    field(Glob, "File or glob below the folder that the command runs in; absent = its standard output"),
  ),
});

const Command = z.strictObject({
  run: field(Line, "Command line, run by sh in the root of the worktree, or in dir"),
  report: z.optional(Report),
  min_tests: z.optional(z.int().check(z.nonnegative())),
  allow_skipped: z.optional(z.int().check(z.nonnegative())),
  timeout: z.optional(Duration),
  log_limit: z.optional(field(Size, "Size of the log after which it is cut; default 200MB")),
  prove_regression: z.optional(z.boolean()),
  dir: z.optional(field(Folder, "Folder below the root in which the command runs; default the root")),
  inputs: z.optional(
    field(
      z.array(Glob).check(z.minLength(1)),
      "Globs of the files that the check depends on; a verdict is reused while none of them changes",
    ),
  ),
  retries: z.optional(
    field(z.int().check(z.minimum(0), z.maximum(3)), "Runs after a failed one; a pass then counts as flaky"),
  ),
});

const NotApplicable = z.strictObject({
  none: field(
    z.string().check(z.regex(/\S/, { error: "is the reason, in words" })),
    "Why the check does not apply",
  ),
});

/** A check as a project configures it: a command, or the reason why it does not apply. */
export const ConfiguredCheck = z.union([Command, NotApplicable]);
export type ConfiguredCheck = z.output<typeof ConfiguredCheck>;

/** `tests`, or a part of it: `tests:web`. */
const checkName = z.string().check(
  z.regex(/^[a-z][a-z0-9_]*(:[A-Za-z0-9][\w.@/-]*)?$/, {
    error:
      "is no name of a check: lower-case letters, digits and _, and a part behind a colon, as in tests:web",
  }),
);

// A gate's own conditions are calm's; one that was replaced here would otherwise be ignored without a word.
const commandName = checkName.check(
  z.refine((name: string) => !isBuiltin(name), { error: "is a check of calm's own; it runs no command" }),
);

const GateChange = z.strictObject({
  add: z.optional(z.array(checkName)),
  reviews: z.optional(z.int().check(z.minimum(0), z.maximum(10))),
  approval: z.optional(z.enum(["person", "none"])),
});

const standardMerge = { verify: ["tests", "lint", "types"], push: false };
const standardGuarded = [".calm/**", ".github/workflows/**"];

/** The content of `.calm/config.yaml` (SPEC section 3); everything is optional. */
export const ProjectConfig = z.strictObject({
  version: z._default(z.literal(1), 1),
  default_branch: z.optional(z.string()),
  checks: z._default(z.record(commandName, ConfiguredCheck), {}),
  gates: z._default(z.partialRecord(z.enum(transitions as [Transition, ...Transition[]]), GateChange), {}),
  setup: z.optional(z.array(Line)),
  merge: z._default(
    z.strictObject({
      verify: z._default(z.array(checkName).check(z.minLength(1)), standardMerge.verify),
      push: field(
        z._default(z.boolean(), standardMerge.push),
        "Push the default branch to its upstream with each merge; what the upstream refuses is taken back",
      ),
    }),
    standardMerge,
  ),
  guarded: z._default(z.array(Glob), standardGuarded),
  implementation_dirs: z.optional(z.array(Folder)),
  max_workers: z.optional(z.int().check(z.minimum(1))),
  worker_ttl: z.optional(
    field(Ttl, "How long a worker may be silent before it counts as stale; default 30m"),
  ),
});
export type ProjectConfig = z.output<typeof ProjectConfig>;

/** The keys that may stand at a place of the configuration. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [first, , third] = path;
  if (path.length === 0) return Object.keys(ProjectConfig.shape);
  if (first === "gates") return path.length === 1 ? transitions : Object.keys(GateChange.shape);
  if (first === "merge") return ["verify", "push"];
  if (first !== "checks" || path.length === 1) return [];
  return Object.keys(third === "report" ? Report.shape : { ...Command.shape, ...NotApplicable.shape });
}

/** The configuration of a project that has none: what its schema makes of nothing, without making the schema. */
export const emptyConfig: ProjectConfig = {
  version: 1,
  checks: {},
  gates: {},
  merge: standardMerge,
  guarded: standardGuarded,
};

/** The checks that run a command: the four standard ones and the project's own. */
export const standardCommands = ["tests", "lint", "types", "tests_full"] as const;

/** True for a check that calm evaluates itself, without a command. */
export function isBuiltin(check: string): boolean {
  return (
    (builtinChecks as readonly string[]).includes(check) &&
    !(standardCommands as readonly string[]).includes(check)
  );
}
