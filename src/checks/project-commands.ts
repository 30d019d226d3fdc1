import type { Context } from "../context.ts";
import { hasShapeOf } from "../model/has-shape-of.ts";
import { edition, recall } from "../project/commit-memory.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import type { CheckDefinition, UnrecognisedCheck } from "./command/definition.ts";
import type { Setup } from "./command/setup.ts";

/** The commands of a project: what its checks run, and what prepares a room for them. */
export interface ProjectCommands {
  readonly checks: ReadonlyMap<string, CheckDefinition>;
  readonly setup: Setup;
  /** What `npm run x` and the like start there, by check or `setup`: approving the name alone would approve anything. */
  readonly scripts: ReadonlyMap<string, string>;
  /** The checks, or `setup`, whose script the task's branch changes. */
  readonly changed: readonly string[];
  /** Checks that the original's `extra_checks` adds to the gates of code. */
  readonly extra: readonly string[];
  /** True when something of this is the branch's own, so that it has to be approved for the task. */
  readonly own: boolean;
  /** Told where detection had to look at a task's branch. */
  readonly note: string | undefined;
  /** Parts that the configuration demands although the project does not have them; they fail. */
  readonly unknown: ReadonlyMap<string, UnrecognisedCheck>;
}

/**
 * Finds the project's commands: the definitions on the default branch (on a task's branch only where that one has
 * nothing to detect), the scripts behind them and the setup where they will run.
 */
export async function resolveCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<ProjectCommands> {
  const known = await recall(context, head, subjectOf(loaded), areCommands);
  if (known) return opened(known);
  const { findCommands } = await import("./find-commands.ts");
  return findCommands(context, loaded, head);
}

/** What `remember` is to be told of the commands of a commit; nothing where it knows them. */
export async function newCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
  commands: ProjectCommands,
): Promise<Record<string, unknown>> {
  const subject = subjectOf(loaded);
  return (await recall(context, head, subject, areCommands)) === undefined
    ? { [subject]: kept(commands) }
    : {};
}

/** What decides the commands of a commit besides the commit: notes and sources name the branch. */
function subjectOf({ tip, branch }: LoadedConfig): string {
  return `commands ${edition} ${tip} ${branch}`;
}

type Entries<M> = M extends ReadonlyMap<infer Key, infer Value> ? (readonly [Key, Value])[] : M;
/** As JSON has it; what is undefined is absent there. */
type KeptCommands = { readonly [Part in keyof ProjectCommands]: Entries<ProjectCommands[Part]> };

const noCommands: KeptCommands = {
  ...{ checks: [], setup: { commands: [], keyFiles: [], folders: [] }, scripts: [], changed: [], extra: [] },
  ...{ own: false, note: undefined, unknown: [] },
};

function areCommands(value: unknown): value is KeptCommands {
  if (!hasShapeOf(noCommands, value)) return false;
  return [value.checks, value.scripts, value.unknown].every((entries: readonly unknown[]) =>
    entries.every((entry) => Array.isArray(entry)),
  );
}

function kept({ checks, scripts, unknown, ...rest }: ProjectCommands): KeptCommands {
  return { ...rest, checks: [...checks], scripts: [...scripts], unknown: [...unknown] };
}

function opened({ checks, scripts, unknown, ...rest }: KeptCommands): ProjectCommands {
  return { ...rest, checks: new Map(checks), scripts: new Map(scripts), unknown: new Map(unknown) };
}
