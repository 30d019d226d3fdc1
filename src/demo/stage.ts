import { join } from "node:path";
import { Writable } from "node:stream";
import type { Session } from "../cli/command.ts";
import { runCli } from "../cli/run-cli.ts";
import type { Environment } from "../context.ts";
import { Failure } from "../failure.ts";
import { readTextIfThere, writeTextFile } from "../system/files.ts";
import { runTool } from "../system/spawn.ts";
import type { OpenIn } from "./index.ts";
import type { Step } from "./story.ts";

/** What one step showed. */
export interface Played {
  /** The command line, or what was done. */
  readonly shown: string;
  readonly output: string;
  readonly exitCode: number;
  /** Why the step is not what should happen. */
  readonly problem: string | undefined;
}

/** A throw-away repository in which steps are really played. */
export interface Stage {
  play(step: Step): Promise<Played>;
}

/** Opens a stage in a repository; what commands answer may be remembered for later ones. */
export function createStage(session: Session, openIn: OpenIn, env: Environment, repository: string): Stage {
  const remembered = new Map<string, string>();
  const folderOf = (task: string | undefined): string =>
    task === undefined ? repository : join(repository, ".worktrees", task);
  return {
    play: async (step) => {
      switch (step.kind) {
        case "say":
          return played(`# ${step.text}`);
        case "write":
          for (const [path, text] of Object.entries(step.files)) {
            await writeTextFile(join(folderOf(step.task), path), text);
          }
          return played(`# ${step.task}: writes ${Object.keys(step.files).join(", ")}`);
        case "replace": {
          const path = join(folderOf(step.task), step.path);
          const text = (await readTextIfThere(path)) ?? "";
          await writeTextFile(path, text.replace(step.from, step.to));
          const problem = text.includes(step.from) ? undefined : `${step.path} does not hold ${step.from}`;
          return { ...played(`# ${step.task}: edits ${step.path}`), problem };
        }
        case "git":
          return playGit(step.args, folderOf(step.task), step.task, env);
        case "calm":
          return playCalm(session, openIn, { env, repository, remembered }, step);
      }
    },
  };
}

function played(shown: string): Played {
  return { shown, output: "", exitCode: 0, problem: undefined };
}

async function playGit(
  args: readonly string[],
  cwd: string,
  task: string | undefined,
  env: Environment,
): Promise<Played> {
  const ran = await runTool(["git", ...args], { cwd, env });
  const where = task === undefined ? "" : `-C .worktrees/${task} `;
  const words = args.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ");
  const exitCode = ran.exitCode ?? 1;
  const problem = exitCode === 0 ? undefined : `git ended with ${exitCode}`;
  return {
    shown: `$ git ${where}${words}`,
    output: ran.stdout.toString("utf8") + ran.stderr,
    exitCode,
    problem,
  };
}

/** Words of a command line; double quotes hold one together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

/** What calm commands are played in. */
interface Scene {
  readonly env: Environment;
  readonly repository: string;
  readonly remembered: Map<string, string>;
}

async function playCalm(
  session: Session,
  openIn: OpenIn,
  { env, repository, remembered }: Scene,
  step: Step & { kind: "calm" },
): Promise<Played> {
  const line = step.line.replace(/\{(\w+)\}/g, (_, name: string) => remembered.get(name) ?? "");
  const worker = step.as === undefined ? undefined : remembered.get(step.as);
  const own = worker === undefined ? env : { ...env, CALM_WORKER: worker };
  const { stream, text } = recorder();
  const terminal = { stdin: session.terminal.stdin, stdout: stream, stderr: stream };
  const openContext = openIn(own, repository);
  const options = { ...session, terminal, env: own, openContext };
  const exitCode = await runCli([...wordsOf(line), "--no-input"], options);
  const output = text();
  if (step.remember !== undefined) remembered.set(step.remember, output.split("\n")[0] ?? "");
  const prefix = worker === undefined ? "" : `CALM_WORKER=${worker} `;
  return { shown: `$ ${prefix}calm ${line}`, output, exitCode, problem: differs(step, exitCode, output) };
}

function recorder(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString("utf8"));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

function differs(step: Step & { kind: "calm" }, exitCode: number, output: string): string | undefined {
  if (exitCode !== step.exit) return `exit code ${exitCode} instead of ${step.exit}`;
  if (step.has === undefined || output.includes(step.has)) return undefined;
  return `the answer does not say "${step.has}"`;
}

/** Tells that the demo could not even begin. */
export function cannotBegin(what: Played): Failure {
  return new Failure("git_failed", `The demo's repository could not be made: ${what.output.trim()}`, {
    hint: "Check that git works: git --version",
  });
}
