import { execFileSync, spawn, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "./real-calm.ts";
import { scratchFolder, type World } from "./world.ts";

/**
 * When a git kills the calm that started it; "orphan" goes on afterwards, as a git does whose parent dies; "within" is
 * killed itself and takes calm along, or meets an error, at its N-th call of the system that changes something.
 */
export type Moment = "before" | "after" | "orphan" | "within";

/** A point at which calm is killed: the N-th git that it starts. */
export interface KillPoint {
  readonly call: number;
  readonly moment: Moment;
  readonly within?: { readonly at: number; readonly effect: "SIGKILL" | "ENOSPC" | "EIO" };
}

/** Calls of the system by which git changes something; not every machine has all of them. */
const changing = ["write", "pwrite64", "fsync", "ftruncate", "chmod", "symlink", "symlinkat"]
  .concat([
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
  ])
  .map((name) => `?${name}`)
  .join(",");

/** What strace does to the N-th of these calls; after an error that the system gave, it gives it again. */
function injection({ within }: KillPoint): string {
  if (!within) return "";
  const { at, effect } = within;
  return effect === "SIGKILL" ? `signal=SIGKILL:when=${at}` : `error=${effect}:when=${at}+`;
}

/** All points, or a sample of them that a seed chooses; CALM_TEST_ALL_POINTS=1 takes all. */
export function killPoints(calls: number, sample: number, seed: number): KillPoint[] {
  const all = Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (["before", "after", "orphan"] as const).map((moment) => ({ call, moment })),
  );
  if (process.env["CALM_TEST_ALL_POINTS"] === "1") return all;
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31);
  const chosen = new Set<KillPoint>();
  while (chosen.size < Math.min(sample, all.length)) {
    const point = all[(next() >> 8) % all.length];
    if (point) chosen.add(point);
  }
  return [...chosen];
}

/** CALM_TEST_BUNDLE names another build, for long runs beside which this one may be made anew. */
const bundle = process.env["CALM_TEST_BUNDLE"] ?? program;

/** A git, first on the PATH, that counts its calls and kills its parent at one of them. */
export interface KillingGit {
  readonly path: string;
  calls(): number;
}

/** Puts a killing git beside a world, with its count at nothing; without a point it only counts. */
export function makeKillingGit(world: World, point?: KillPoint): KillingGit {
  const shim = join(world.folder, "killing-git");
  mkdirSync(shim, { recursive: true });
  const path = world.env["PATH"] ?? "";
  const count = join(shim, "count");
  // An orphan of the round before may be about to count itself.
  rmSync(count, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(count);
  const { call, moment } = point ?? { call: 0, moment: "before" };
  const strace = `strace -f -qq -o /dev/null -e trace=${changing} -e inject=${changing}:${point ? injection(point) : ""}`;
  // Anew, because an orphan may still be starting the old one.
  rmSync(join(shim, "git"), { force: true });
  // A file for each call, made only where there is none: several at once get different numbers.
  writeFileSync(
    join(shim, "git"),
    `#!/bin/sh
PATH=${path}
n=1; set -C
while ! { true > ${count}/$n; } 2>/dev/null; do n=$((n + 1)); done
set +C
if [ "$n" -eq ${call} ]; then
  case ${moment} in
    before) kill -9 $PPID; exit 137;;
    orphan) kill -9 $PPID; sleep 0.1; exec git "$@";;
    within) ${strace} git "$@"; code=$?; if [ $code -eq 137 ]; then kill -9 $PPID; fi; exit $code;;
  esac
  git "$@"; code=$?
  kill -9 $PPID
  exit $code
fi
exec git "$@"
`,
    { mode: 0o755 },
  );
  return { path: `${shim}:${path}`, calls: () => readdirSync(count).length };
}

/** Runs the real program; with a point it is killed there (exit code null) unless it ends before. */
export function runCalm(world: World, line: string, point?: KillPoint): SpawnSyncReturns<string> {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: npm run build`);
  const { path } = makeKillingGit(world, point);
  return spawnSync(process.execPath, [bundle, ...line.split(" ")], {
    cwd: world.repository,
    env: { ...world.env, PATH: path, RUNS: join(world.folder, "runs"), DURING: "" },
    encoding: "utf8",
    timeout: 60_000,
  });
}

/** How many gits the last run started. */
export function gitCalls(world: World): number {
  return readdirSync(join(world.folder, "killing-git/count")).length;
}

/** Puts a world aside, and gives what brings it back to where it was, at the same place. */
export function keepWorld(world: World): () => void {
  const kept = join(scratchFolder(), "kept");
  // Not Node's own copy, which takes names and links for UTF-8.
  execFileSync("cp", ["-a", world.folder, kept]);
  return () => {
    execFileSync("sh", ["-c", 'rm -rf "$1" && cp -a "$0" "$1"', kept, world.folder]);
  };
}

/** Starts the real program and kills it after a time, with the gits that it runs or without; gives its exit code. */
export async function killCalmAfter(
  world: World,
  line: string,
  milliseconds: number,
  withGits: boolean,
): Promise<number | null> {
  const env = { ...world.env, RUNS: join(world.folder, "runs"), DURING: "" };
  const calm = spawn(process.execPath, [bundle, ...line.split(" ")], {
    cwd: world.repository,
    env,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => calm.once("exit", resolve));
  const timer = setTimeout(() => {
    const children = readFileSync(`/proc/${calm.pid ?? 0}/task/${calm.pid ?? 0}/children`, "utf8");
    calm.kill("SIGKILL");
    for (const child of withGits ? children.split(" ").filter((pid) => pid !== "") : []) {
      try {
        process.kill(Number(child), "SIGKILL");
      } catch {
        // gone already
      }
    }
  }, milliseconds);
  const code = await ended;
  clearTimeout(timer);
  return code;
}
