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

/** What is timed for a case: the program itself, and what stands beside the `node -e 0` of its floor. */
interface Timed {
  readonly own: Run;
  readonly line: Run | undefined;
}

function timedOf(scene: Scene, { name, args, place, certificates, floor }: Case): Timed {
  const { folder: cwd, prepare, prepareFloor } = scene.place(place);
  const env = certificates ? scene.withCertificates : scene.plain;
  const own = { name, command: scene.program, args, cwd, env, prepare };
  const { line } = floor;
  if (line === undefined) return { own, line };
  return { own, line: { name: line, command: "sh", args: ["-c", line], cwd, env, prepare: prepareFloor } };
}

/** Medians, and the median of the ratios to the floor of the same round. */
function resultsOf(scene: Scene, chosen: readonly Case[], rounds: number): Result[] {
  const nodeIn = (env: NodeJS.ProcessEnv): Run => ({
    ...{ name: "node -e 0", command: process.execPath, args: ["-e", "0"], cwd: "/", env },
  });
  const nodes = [nodeIn(scene.plain), nodeIn(scene.withCertificates)] as const;
  const timed = chosen.map((one) => timedOf(scene, one));
  const times = measure(
    [...nodes, ...timed.flatMap(({ own, line }) => (line ? [line, own] : [own]))],
    rounds,
  );
  return chosen.map(({ name, certificates, floor: { nodes: count }, gate, goal }, index) => {
    const timesOf = (run: Run | undefined): readonly number[] => (run && times.get(run)) ?? [];
    const [own, line] = [timesOf(timed[index]?.own), timesOf(timed[index]?.line)];
    const node = timesOf(nodes[certificates ? 1 : 0]);
    const floor = node.map((time, round) => count * time + (line[round] ?? 0));
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
