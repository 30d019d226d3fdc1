import { join } from "node:path";
import * as z from "zod/mini";
import { type AnyCommand, defineCommand, type Session } from "../cli/command.ts";
import { answerDocument } from "../cli/envelope.ts";
import type { Environment } from "../context.ts";
import { field } from "../model/field.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { keepTemporaryFolder, removeTree, writeTextFile } from "../system/files.ts";
import type { OpenIn } from "./index.ts";
import { firstFiles } from "./project-files.ts";
import { cannotBegin, createStage, type Played, type Stage } from "./stage.ts";
import { story } from "./story.ts";

/** `calm demo` */
export function createDemo(openIn: OpenIn): AnyCommand {
  return defineCommand({
    name: "demo",
    summary: "Walk a feature and a bug from creation to DONE in a throw-away repository",
    examples: ["calm demo", "calm demo --keep"],
    input: z.object({
      keep: field(z._default(z.boolean(), false), "Leave the repository and its CALM_HOME there to look at"),
    }),
    run: (session, { keep }) => perform(session, openIn, keep),
  });
}

async function perform(session: Session, openIn: OpenIn, keep: boolean): Promise<number> {
  const folder = await keepTemporaryFolder("calm-demo-");
  try {
    const env = demoEnvironment(session, folder);
    const repository = join(folder, "degrees");
    const stage = createStage(session, openIn, env, repository);
    await prepare(stage, repository);
    const steps = await playStory(session, stage);
    const problem = steps.at(-1)?.problem;
    const end = problem === undefined ? "The demo ran as it should." : `The demo stopped: ${problem}.`;
    const place = keep
      ? `Kept in ${folder}: cd ${shellQuote(repository)} && export CALM_HOME=${shellQuote(join(folder, "calm-home"))}`
      : "";
    if (session.globals.json) {
      session.printer.answer(
        answerDocument(
          "demo",
          { passed: problem === undefined, folder, kept: keep, steps: steps.map(toJson) },
          [],
        ),
      );
    } else session.printer.answer(`\n${end}${place === "" ? "" : `\n${place}`}`);
    return problem === undefined ? 0 : 1;
  } finally {
    if (!keep) await removeTree(folder);
  }
}

function toJson({ shown, output, exitCode, problem }: Played): Record<string, unknown> {
  return { shown, output, exit_code: exitCode, ...(problem !== undefined && { problem }) };
}

/** The user's environment, without what could lead git or calm out of the demo's folder. */
function demoEnvironment(session: Session, folder: string): Environment {
  const inherited = Object.entries(session.env).filter(([name]) => !/^(GIT|CALM)_/.test(name));
  const identity = ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "Demo"],
    [`GIT_${role}_EMAIL`, "demo@example.org"],
  ]);
  return {
    ...(Object.fromEntries([...inherited, ...identity]) as Environment),
    CALM_HOME: join(folder, "calm-home"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...(session.terminal.stdout.isTTY === true && { FORCE_COLOR: "1" }),
  };
}

async function prepare(stage: Stage, repository: string): Promise<void> {
  for (const [path, text] of Object.entries(firstFiles)) await writeTextFile(join(repository, path), text);
  for (const args of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all"],
    ["commit", "--quiet", "--message", "The library as it is"],
  ]) {
    const done = await stage.play({ kind: "git", args });
    if (done.problem !== undefined) throw cannotBegin(done);
  }
}

/** Plays the steps until one is not what should happen. */
async function playStory(session: Session, stage: Stage): Promise<Played[]> {
  const steps: Played[] = [];
  for (const step of story) {
    session.signal.throwIfAborted();
    const done = await stage.play(step);
    steps.push(done);
    if (!session.globals.json) show(session, done);
    if (done.problem !== undefined) break;
  }
  return steps;
}

function show({ printer }: Session, { shown, output, exitCode, problem }: Played): void {
  const { colors } = printer;
  const line = shown.startsWith("#") ? colors.cyan(shown) : `\n${colors.bold(shown)}`;
  const code = exitCode === 0 ? "" : colors.yellow(`(exit ${exitCode})`);
  const wrong = problem === undefined ? "" : colors.red(`NOT AS IT SHOULD BE: ${problem}`);
  printer.answer([line, output.trimEnd(), code, wrong].filter((part) => part !== "").join("\n"));
}
