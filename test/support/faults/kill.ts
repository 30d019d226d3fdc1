import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeKillingGit, type Moment } from "../killing-git.ts";
import { program } from "../real-calm.ts";
import type { World } from "../world.ts";

/**
 * Where a calm is killed: at the n-th boundary between its steps (or the one of a name), by the n-th git that it
 * starts, or some milliseconds after its start; alone, or with its process group.
 */
export type Kill =
  | { readonly by: "failpoint"; readonly at: string; readonly group: boolean }
  | { readonly by: "git"; readonly call: number; readonly moment: Moment }
  | { readonly by: "time"; readonly milliseconds: number; readonly group: boolean };

/** A kill as one word, such as `failpoint:7:group`, `git:12:orphan` or `time:430`. */
export function nameOfKill(kill: Kill): string {
  if (kill.by === "git") return `git:${kill.call}:${kill.moment}`;
  const where = kill.by === "failpoint" ? kill.at : String(kill.milliseconds);
  return `${kill.by}:${where}${kill.group ? ":group" : ""}`;
}

/** Reads what `nameOfKill` writes. */
export function parseKill(word: string): Kill {
  const [by, where = "", how] = word.split(":");
  if (by === "failpoint") return { by, at: where, group: how === "group" };
  if (by === "time") return { by, milliseconds: Number(where), group: how === "group" };
  if (by === "git" && (how === "before" || how === "after" || how === "orphan"))
    return { by, call: Number(where), moment: how };
  throw new Error(`no kill: ${word}`);
}

/** How a calm ended, and how far it came. */
export interface Ending {
  readonly killed: boolean;
  readonly exitCode: number | null;
  readonly out: string;
  /** Its narration, without the boundaries. */
  readonly err: string;
  /** The boundaries that it reached, in order. */
  readonly boundaries: readonly string[];
  readonly gits: number;
  readonly milliseconds: number;
}

/** CALM_TEST_BUNDLE names another build, for long runs beside which this one may be made anew. */
const bundle = process.env["CALM_TEST_BUNDLE"] ?? program;

/** Runs the real program to its end, or to where it is killed. */
export async function runToItsEnd(world: World, argv: readonly string[], kill?: Kill): Promise<Ending> {
  const shim = makeKillingGit(world, kill?.by === "git" ? kill : undefined);
  const temporary = join(world.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const failpoint = kill?.by === "failpoint" ? `${kill.at}${kill.group ? ":group" : ""}` : "0";
  const env = {
    ...{ ...world.env, PATH: shim.path, TMPDIR: temporary },
    ...{ RUNS: join(world.folder, "runs"), DURING: "", CALM_TEST: "1", CALM_FAILPOINT: failpoint },
  };
  const started = performance.now();
  // In a group of its own, for a failpoint kills the group.
  const calm = spawn(process.execPath, [bundle, ...argv], {
    ...{ cwd: world.repository, env, detached: true },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  calm.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  calm.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const timer =
    kill?.by === "time"
      ? setTimeout(() => {
          killNow(calm.pid ?? 0, kill.group);
        }, kill.milliseconds)
      : undefined;
  const end = await new Promise<readonly [number | null, string | null]>((resolve, reject) => {
    calm.once("error", reject);
    calm.once("exit", (exitCode, signal) => {
      resolve([exitCode, signal]);
    });
  });
  clearTimeout(timer);
  const milliseconds = performance.now() - started;
  // A git that goes on may hold the pipes open.
  await closedOrIdle(calm.stdout);
  calm.stdout.destroy();
  calm.stderr.destroy();
  const [exitCode, signal] = end;
  const reached = [...err.matchAll(/^failpoint \d+ (.+)$/gm)].map(([, name]) => name ?? "");
  return {
    ...{ killed: signal === "SIGKILL", exitCode, out, milliseconds, gits: shim.calls() },
    err: err.replaceAll(/^failpoint \d+ .+\n/gm, ""),
    boundaries: reached,
  };
}

async function closedOrIdle(stream: NodeJS.ReadableStream): Promise<void> {
  if ("closed" in stream && stream.closed === true) return;
  await new Promise<void>((resolve) => {
    stream.once("close", () => {
      resolve();
    });
    setTimeout(resolve, 300);
  });
}

/** Kills a calm; with `group` also what it has started, which is in groups of its own. */
function killNow(pid: number, group: boolean): void {
  const children = group ? childrenOf(pid) : [];
  for (const target of [pid, ...children]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // gone already
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text
      .split(" ")
      .filter((word) => word !== "")
      .map(Number);
  } catch {
    return []; // gone already, or no Linux
  }
}
