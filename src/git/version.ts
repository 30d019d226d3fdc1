import { gitEnvironment, type Variables } from "./environment.ts";
import { isTooOld } from "./failures.ts";
import { runGit } from "./run-git.ts";

/** The installed git; Failure git_failed when there is none. */
export async function installedGit(
  env: Variables,
  cwd: string,
): Promise<{ readonly version: string; readonly tooOld: boolean }> {
  const answer = await runGit(["version"], { cwd, env: gitEnvironment(env) });
  const text = answer.stdout.toString("utf8").trim();
  return { version: text.replace(/^git version /, ""), tooOld: isTooOld(text) };
}
