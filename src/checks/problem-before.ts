import { borrowedInstall } from "./borrowed-install.ts";
import { environmentIn, whereaboutsOf } from "./isolation.ts";
import type { CommandJob, CommandRunner, RunScope } from "./run-commands.ts";
import { treeReader } from "./tree-reader.ts";
import { inputsProblem } from "./verdict-key.ts";

/** Why a command must not be started in a room that is set up; undefined when nothing speaks against it. */
export async function problemBefore(
  { context, commands, task, ...scope }: RunScope,
  job: CommandJob,
  at: Parameters<CommandRunner["keyOf"]>[1],
  room: string,
): Promise<string | undefined> {
  const problem = await inputsProblem({ context, commands, task, ...scope }, job, at);
  if (problem !== undefined) return problem;
  const git = await context.git();
  const { definition } = job;
  return borrowedInstall({
    ...{ definition, kind: job.room, task: task.id, signal: context.signal, setup: commands.setup },
    where: await whereaboutsOf(context, room),
    env: (await environmentIn(context, room)).env,
    tree: treeReader(git, at.commit),
    paths: async () => (await git.filesOf(at.commit)).map(({ path }) => path),
    scripts: commands.scripts.get(definition.check),
  });
}
