import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Case, cases } from "./cases.ts";
import { measure, median, type Run } from "./measure.ts";
import { makeScene, type Scene } from "./scene.ts";

interface Result {
  readonly name: string;
  readonly ratio: number;
  readonly milliseconds: number;
  readonly floor: number;
  readonly gate: number | undefined;
  readonly goal: number | undefined;
}

const root = resolve(process.argv[1] ?? "", "../..");

function runsOf(scene: Scene, chosen: readonly Case[]): ReadonlyMap<Case, Run> {
  const { program: command, repository, gated, plain, withCertificates } = scene;
  return new Map(
    chosen.map((one) => {
      const { name, args, certificates, around } = one;
      const cwd = around === undefined ? repository : gated;
      return [one, { name, command, args, cwd, env: certificates ? withCertificates : plain }];
    }),
  );
}

/** The command of a gate, without a gate. */
function aloneIn({ gated: cwd, plain: env }: Scene, line: string): Run {
  return { name: line, command: "sh", args: ["-c", line], cwd, env };
}

/** Medians, and the median of the ratios to the floor of the same round. */
function resultsOf(scene: Scene, chosen: readonly Case[], rounds: number): Result[] {
  const { repository: cwd, plain, withCertificates } = scene;
  const floorIn = (env: NodeJS.ProcessEnv): Run => ({
    ...{ name: "node -e 0", command: process.execPath, args: ["-e", "0"], cwd, env },
  });
  const floors = [floorIn(plain), floorIn(withCertificates)] as const;
  const alone = new Map(
    chosen.flatMap(({ around }) => (around === undefined ? [] : [[around, aloneIn(scene, around)] as const])),
  );
  const runs = runsOf(scene, chosen);
  const times = measure([...floors, ...alone.values(), ...runs.values()], rounds);
  return [...runs].map(([{ name, certificates, around, gate, goal }, run]) => {
    const node = times.get(floors[certificates ? 1 : 0]) ?? [];
    const command = around === undefined ? undefined : alone.get(around);
    const commandTimes = command && times.get(command);
    const floor = node.map((time, round) =>
      commandTimes ? 2 * time + (commandTimes[round] ?? Number.NaN) : time,
    );
    const own = times.get(run) ?? [];
    const ratio = median(own.map((time, round) => time / (floor[round] ?? Number.NaN)));
    return { name, ratio, milliseconds: median(own), floor: median(floor), gate, goal };
  });
}

function verdict({ ratio, gate, goal }: Result): string {
  if (gate === undefined || goal === undefined) return "";
  if (ratio <= goal) return "goal";
  return ratio <= gate ? "ok" : "ABOVE THE GATE";
}

function print(results: readonly Result[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(9))).join("") + "\n";
  const number = (value: number | undefined, digits = 2): string => value?.toFixed(digits) ?? "";
  process.stdout.write(row(["whole process", "ratio", "gate", "goal", "ms", "floor ms"]));
  for (const one of results) {
    const cells = [number(one.ratio), number(one.gate), number(one.goal)];
    const times = [number(one.milliseconds, 1), number(one.floor, 1)];
    process.stdout.write(row([one.name, ...cells, ...times, `  ${verdict(one)}`]));
  }
}

function save(results: readonly Result[], rounds: number): string {
  const at = new Date().toISOString();
  const folder = join(root, "bench/results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${at.replaceAll(":", "-")}.json`);
  const machine = { node: process.version, cores: availableParallelism(), load: loadavg() };
  writeFileSync(path, `${JSON.stringify({ at, rounds, ...machine, results }, undefined, 2)}\n`);
  return path;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "21" }, only: { type: "string", default: "" } },
});
const rounds = Number(values.rounds);
const chosen = cases.filter(({ name }) => name.includes(values.only));
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds needs a whole number above 0");
if (chosen.length === 0) throw new Error(`No case is called like ${values.only}`);
const scene = makeScene(join(root, "dist/calm.cjs"));
try {
  const results = resultsOf(scene, chosen, rounds);
  print(results);
  process.stdout.write(`\n${save(results, rounds)}\n`);
} finally {
  scene.remove();
}
