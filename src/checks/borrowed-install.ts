import type { Room } from "../model/gate-run.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { type BorrowedModule, borrowedModule } from "./command/borrowed-modules.ts";
import { type Borrowed, borrowedPackage, borrowedProgram } from "./command/borrowed-packages.ts";
import { borrowedSettings } from "./command/borrowed-settings.ts";
import type { CommandDefinition, TreeReader } from "./command/definition.ts";
import { commandEnvironment, type Variables } from "./command/environment.ts";
import type { Setup } from "./command/setup.ts";
import { type StartedProgram, startedPrograms } from "./command/started-programs.ts";
import type { Whereabouts } from "./command/whereabouts.ts";

/** A command that is about to start in a room. */
export interface Departure {
  readonly definition: CommandDefinition;
  readonly kind: Room;
  readonly where: Whereabouts;
  /** The environment without what leads into other checkouts. */
  readonly env: Variables;
  readonly task: string;
  readonly tree: TreeReader;
  readonly paths: () => Promise<readonly string[]>;
  /** The scripts of package.json behind the command. */
  readonly scripts: string | undefined;
  readonly setup: Setup;
  readonly signal: AbortSignal;
}

/** Why a command would test another checkout's code, since it would resolve to that one's install; else undefined. */
export async function borrowedInstall(departure: Departure): Promise<string | undefined> {
  const { definition, scripts } = departure;
  for (const program of startedPrograms(definition.run, definition.folder, scripts)) {
    const found = await borrowedBy(departure, program);
    if (found) return "problem" in found ? found.problem : refusal(departure, found);
  }
  return undefined;
}

async function borrowedBy(
  { where, tree, paths, definition, env, task, signal }: Departure,
  program: StartedProgram,
): Promise<BorrowedModule | undefined> {
  const { words, folder, uses, fromPackages } = program;
  if (uses.includes("node")) {
    const { wantedPackages } = await import("./command/workspace-packages.ts");
    const found =
      borrowedPackage(where, await wantedPackages(tree, folder, paths)) ??
      (fromPackages ? borrowedProgram(where, folder, words.slice(0, 1)) : undefined);
    if (found) return found;
  }
  if (!uses.includes("python")) return undefined;
  const problem = borrowedSettings(where, program);
  if (problem !== undefined) return { problem: `${definition.check} would not test its own: ${problem}` };
  const facts = { inherited: env, room: where.room, task, own: definition.env };
  const certain = uses.length === 1;
  return borrowedModule({
    where,
    tree,
    paths,
    folder,
    words,
    certain,
    env: commandEnvironment(facts),
    signal,
  });
}

function refusal({ definition, kind, where, setup }: Departure, { name, place }: Borrowed): string {
  const room = kind === "clean" ? "clean room" : "worktree";
  const what = `${definition.check} would use ${name} of another checkout, not of its ${room}: ${place}`;
  const [command] = setup.commands;
  if (kind === "clean") {
    const why = "Its code is not what would be tested there";
    return command === undefined
      ? `${what}. ${why}. Name what installs it under setup: in .calm/config.yaml`
      : `${what}. ${why}, although setup has run (${setup.commands.join("; ")}); let it install ${name}`;
  }
  const byHand = command ?? "<the project's install command>";
  return `${what}. Install it in the worktree: cd ${shellQuote(where.room)} && ${byHand}; for all tasks: setup: in .calm/config.yaml`;
}
