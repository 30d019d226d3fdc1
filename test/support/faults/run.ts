import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeKillingGit } from "../killing-git.ts";
import { program } from "../real-calm.ts";
import type { World } from "../world.ts";
import { confine } from "./confine.ts";
import type { Fault } from "./fault.ts";

/** How a calm ended, and how far it came. */
export interface Ending {
  readonly killed: boolean;
  readonly exitCode: number | null;
  readonly out: string;
  /** Its narration, without the boundaries. */
  readonly err: string;
  /** The boundaries that it reached, in order. */
  readonly boundaries: readonly string[];
  /** Counted where a git was to do something, or `onlyCounted`. */
  readonly gits: number;
  readonly milliseconds: number;
}

/** No fault at all: the gits are counted. */
export const onlyCounted: Fault = { by: "git", call: 0, moment: "before" };

/** CALM_TEST_BUNDLE names another build, for long runs beside which this one may be made anew. */
const bundle = process.env["CALM_TEST_BUNDLE"] ?? program;

/** Runs the real program to its end, or to where it is killed; whatever else befalls it. */
export async function runToItsEnd(world: World, argv: readonly string[], fault?: Fault): Promise<Ending> {
  const shim = fault?.by === "git" ? makeKillingGit(world, fault) : undefined;
  const temporary = join(world.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const failpoint = fault?.by === "failpoint" ? `${fault.at}${fault.group ? ":group" : ""}` : "0";
  const env = {
    ...{ ...world.env, PATH: shim?.path ?? world.env["PATH"], TMPDIR: temporary },
    ...{ RUNS: join(world.folder, "runs"), DURING: "", CALM_TEST: "1", CALM_FAILPOINT: failpoint },
  };
  const started = performance.now();
  // In a group of its own, for a failpoint kills the group.
  const confined = confine(world, fault);
  const [command = "", ...args] = [...confined.before, process.execPath, bundle, ...argv];
  const calm = spawn(command, args, {
    ...{ cwd: world.repository, env, detached: true },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  calm.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  calm.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const timer =
    fault?.by === "time"
      ? setTimeout(() => {
          killNow(calm.pid ?? 0, fault.group);
        }, fault.milliseconds)
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
  confined.after();
  const [exitCode, signal] = end;
  const reached = [...err.matchAll(/^failpoint \d+ (.+)$/gm)].map(([, name]) => name ?? "");
  return {
    ...{ killed: signal === "SIGKILL", exitCode, out, milliseconds, gits: shim?.calls() ?? 0 },
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
