import { spawnSync } from "node:child_process";

/** A command line to time. */
export interface Run {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Makes what this run needs and uses up; it is not timed. */
  readonly prepare?: ((number: number) => void) | undefined;
}

let runsSoFar = 1000;

/** Milliseconds of a whole process, with its output going into pipes, as agents run it. */
function time({ name, command, args, cwd, env, prepare }: Run): number {
  const number = ++runsSoFar;
  const words = args.map((word) => word.replaceAll("{n}", String(number)));
  prepare?.(number);
  const started = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(command, words, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  if (error) throw error;
  if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
  return took;
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}

/** Times every run once in each round, in an order that moves on, so that what disturbs the machine hits all alike. */
export function measure(runs: readonly Run[], rounds: number): ReadonlyMap<Run, readonly number[]> {
  const times = new Map(runs.map((run) => [run, [] as number[]]));
  for (const run of runs) for (let warm = 0; warm < 2; warm++) time(run);
  for (let round = 0; round < rounds; round++) {
    const from = round % runs.length;
    for (const run of [...runs.slice(from), ...runs.slice(0, from)]) times.get(run)?.push(time(run));
  }
  return times;
}
