import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Room } from "../model/gate-run.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { runCommand } from "../system/run-command.ts";
import { withCommandSlot } from "./command-slot.ts";
import { commandEnvironment } from "./command/environment.ts";
import type { Setup } from "./command/setup.ts";
import { environmentIn } from "./isolation.ts";

/** A room that is to be made ready for the project's commands. */
export interface SetupPlan {
  readonly path: string;
  readonly kind: Room;
  readonly setup: Setup;
}

const timeout = 20 * 60_000;

/** What a room was set up for: equal keys need no second setup. */
export function setupKey(setup: Setup, lockFiles: Readonly<Record<string, string>>): string {
  return createHash("sha256")
    .update(JSON.stringify([setup.commands, Object.entries(lockFiles).sort()]))
    .digest("hex");
}

/** Runs the setup commands in a room, one after the other; gives the reason when one fails. */
export async function runSetup(
  context: Context,
  plan: SetupPlan,
  task: string,
  logFolder: string,
  marker: string,
): Promise<string | undefined> {
  makePrivateFolder(logFolder);
  const { env } = await environmentIn(context, plan.path);
  for (const [index, command] of plan.setup.commands.entries()) {
    const logPath = join(logFolder, `setup-${plan.kind}-${index + 1}.log`);
    const activity = await context.begin(`setup (${plan.kind})`);
    const result = await withCommandSlot(context, activity, env, (inherited) => {
      activity.state("running", command);
      return runCommand({
        ...{ argv: ["sh", "-c", command], cwd: plan.path, logPath, timeout, signal: context.signal, marker },
        env: commandEnvironment({ inherited, room: plan.path, task, own: {} }),
        onLine: (line) => {
          activity.output(line);
        },
      });
    }).finally(() => {
      activity.end();
    });
    // A daemon that an installer leaves behind has been ended; what it installed is there all the same.
    const ended = result.end === "exit" || result.end === "left_processes";
    if (!ended || result.exitCode !== 0) {
      const how = result.end === "exit" ? `exit ${result.exitCode ?? "?"}` : result.end;
      return `setup failed: ${command} (${how}); log: ${logPath}`;
    }
  }
  return undefined;
}
