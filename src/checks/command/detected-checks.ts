import type { CheckDefinition, CommandDefinition, Runner } from "./definition.ts";
import { defaultTimeout } from "./definition.ts";

/** The checks that calm looks for in a project without configuration. */
export const detectable = ["tests", "lint", "types"] as const;
/** One of them. */
export type Detectable = (typeof detectable)[number];

/** What was detected; an absent check was not found, which is no pass. */
export type DetectedChecks = Readonly<Partial<Record<Detectable, CheckDefinition>>>;

/** Where and how a command was detected. */
interface DetectedCommand {
  readonly argv: readonly string[];
  readonly file: string;
  readonly note: string;
  readonly runner?: Runner;
  readonly asked?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** The definition of a detected command. */
export function detectedCommand(check: Detectable, command: DetectedCommand): CommandDefinition {
  return {
    check,
    source: { kind: "detected", file: command.file, note: command.note },
    run: { kind: "argv", argv: command.argv },
    runner: command.runner ?? "unknown",
    report: { kind: command.asked ? "asked" : "none" },
    minTests: 1,
    allowSkipped: undefined,
    timeoutMs: defaultTimeout,
    logLimit: undefined,
    isTests: check === "tests",
    proveRegression: true,
    env: command.env ?? {},
    folder: "",
    inputs: undefined,
    retries: 0,
  };
}

/** The definition of a check that the project has no use for. */
export function detectedNone(check: Detectable, file: string, none: string): CheckDefinition {
  return { check, source: { kind: "detected", file }, none };
}
