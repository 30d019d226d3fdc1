// Kills calm everywhere, at length: npm run test:faults -- [--rounds 2000] [--operation merge] [--seed 7] [--case <words>]
// [--jobs 2] [--report <file>, with a line for each round]
import { spawn } from "node:child_process";
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string" },
    operation: { type: "string" },
    case: { type: "string" },
    jobs: { type: "string", default: "2" },
    report: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "calm-faults-"));
const report = values.report === undefined ? join(folder, "report") : resolve(values.report);
const jobs = values.case === undefined ? Number(values.jobs) : 1;
// Each part goes through all operations, so that a long run that is stopped has come to each.
const parts = jobs === 1 ? 1 : jobs * Math.ceil(Number(values.rounds) / 50 / jobs);
const vitest = resolve(import.meta.dirname, "../node_modules/vitest/vitest.mjs");

const children = new Set();

/** Runs a part of the rounds in a process and a world of its own; gives whether all went well. */
function run(part) {
  const asked = {
    CALM_FAULTS_ROUNDS: values.rounds,
    CALM_FAULTS_OPERATION: values.operation,
    CALM_FAULTS_CASE: values.case,
    CALM_FAULTS_REPORT: report,
    CALM_FAULTS_PART: `${part}/${parts}`,
    SEED: values.seed,
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  const child = spawn(process.execPath, [vitest, "run", "test/faults/killed.test.ts"], {
    ...{ env: { ...process.env, ...Object.fromEntries(given) }, stdio: "inherit" },
  });
  children.add(child);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => {
      children.delete(child);
      done(code === 0);
    });
  });
}

/** The value that this share of the sorted ones does not exceed. */
function quantile(sorted, share) {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function rowOf(operation, outcomes) {
  const sorted = outcomes.map(({ recovery }) => recovery).sort((a, b) => a - b);
  const kills = outcomes.filter(({ killed }) => killed).length;
  const later = outcomes.reduce((sum, { killedAgain }) => sum + killedAgain, 0);
  const times = [0.5, 0.99].map((share) => `${quantile(sorted, share)} ms`);
  const bad = outcomes.filter(({ problems }) => problems.length > 0).length;
  return [operation, outcomes.length, kills, later, bad, ...times].map(String);
}

function tableOf(outcomes) {
  const head = ["operation", "rounds", "killed", "again", "bad", "recovery p50", "p99"];
  const operations = [...new Set(outcomes.map(({ operation }) => operation))];
  const rows = operations.map((one) =>
    rowOf(
      one,
      outcomes.filter(({ operation }) => operation === one),
    ),
  );
  const all = [head, ...rows, rowOf("all", outcomes)];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...all.slice(1).map(line)].join("\n");
}

// What has been done until then is told.
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    stopped = true;
    for (const child of children) child.kill("SIGINT");
  });
}

let next = 0;
async function takeParts() {
  while (next < parts && !stopped) if (!(await run(next++))) process.exitCode = 1;
}

try {
  await Promise.all(Array.from({ length: jobs }, takeParts));
  const lines = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : [];
  if (lines.length > 0) console.log(tableOf(lines.map((line) => JSON.parse(line))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
