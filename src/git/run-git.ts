import { existsSync } from "node:fs";
import type { Dialogue, DialogueEnd, Listener } from "../system/dialogue.ts";
import type { ToolResult } from "../system/spawn.ts";
import { pinnedConfig, type Variables } from "./environment.ts";
import { cannotStart, unexpectedAnswer } from "./failures.ts";

/** A git command without its configuration; the first word is the verb. */
export type Arguments = readonly [string, ...string[]];

/** What one call of git needs besides its arguments. */
export interface Call {
  readonly cwd?: string | undefined;
  /** Laid over the environment of the call; undefined takes a variable away. */
  readonly env?: Variables;
  /** Laid over the pinned configuration, as `key=value`. */
  readonly config?: readonly string[];
  readonly input?: string | Buffer;
  /** Exit codes that are answers; any other one is a Failure. */
  readonly answers?: readonly number[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** Keys of the pinned configuration that this call takes from the person's and the repository's own instead. */
  readonly unpinned?: readonly string[];
  /** Keep about this many of the last bytes of each output; everything unless given. */
  readonly lastBytes?: number;
  /** Stops this call, where the repository was opened without a signal. */
  readonly signal?: AbortSignal;
}

/** Runs git with the pinned configuration and nothing but the given environment. */
export async function runGit(
  args: Arguments,
  call: Call & { readonly cwd: string; readonly env: Variables },
  signal = call.signal,
): Promise<ToolResult> {
  // Questions that files answer never get here and need not load child_process.
  const { runTool } = await import("../system/spawn.ts");
  const { cwd, env, input, timeout, unpinned = [], lastBytes } = call;
  const pinned = pinnedConfig.filter((setting) => !unpinned.some((key) => setting.startsWith(`${key}=`)));
  const config = [...pinned, ...(call.config ?? [])].flatMap((setting) => ["-c", setting]);
  let result: ToolResult;
  try {
    result = await runTool(["git", ...config, ...args], { cwd, env, input, timeout, signal, lastBytes });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw cannotStart(args, error, existsSync(cwd) ? undefined : cwd);
  }
  const answers = call.answers ?? [0];
  if (result.exitCode !== undefined && answers.includes(result.exitCode)) return result;
  throw await unexpectedAnswer(args, result, () => gitVersion(call));
}

/** Starts a git that is asked over its stdin, with the pinned configuration and nothing but the given environment. */
export async function talkToGit(
  args: Arguments,
  place: { readonly cwd: string; readonly env: Variables },
  listener: Listener,
  signal?: AbortSignal,
): Promise<Dialogue> {
  signal?.throwIfAborted();
  const { openDialogue } = await import("../system/dialogue.ts");
  const config = pinnedConfig.flatMap((setting) => ["-c", setting]);
  const stop = (): void => {
    dialogue.stop();
  };
  const dialogue = openDialogue(["git", ...config, ...args], place, {
    data: (chunk) => {
      listener.data(chunk);
    },
    end: (end) => {
      signal?.removeEventListener("abort", stop);
      listener.end(end);
    },
  });
  signal?.addEventListener("abort", stop, { once: true });
  return dialogue;
}

/** Why a git that was asked over its stdin ended without an answer. */
export async function explainEnd(
  args: Arguments,
  place: { readonly cwd: string; readonly env: Variables },
  { exitCode, signal: ended, stderr, error }: DialogueEnd,
  signal?: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted === true) return signal.reason;
  if (error) return cannotStart(args, error, existsSync(place.cwd) ? undefined : place.cwd);
  const result = { exitCode, signal: ended, stderr, stdout: Buffer.alloc(0), timedOut: false };
  return unexpectedAnswer(args, result, () => gitVersion(place));
}

async function gitVersion(call: { readonly cwd: string; readonly env: Variables }): Promise<string> {
  const { runTool } = await import("../system/spawn.ts");
  const result = await runTool(["git", "version"], { cwd: call.cwd, env: call.env });
  return result.stdout.toString("utf8");
}
