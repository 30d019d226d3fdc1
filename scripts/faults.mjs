// Kills calm everywhere, at length: npm run test:faults -- [--rounds 2000] [--operation merge] [--seed 7] [--case <words>]
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string" },
    operation: { type: "string" },
    case: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "calm-faults-"));
const report = join(folder, "report");
const asked = {
  CALM_FAULTS_ROUNDS: values.rounds,
  CALM_FAULTS_OPERATION: values.operation,
  CALM_FAULTS_CASE: values.case,
  CALM_FAULTS_REPORT: report,
  SEED: values.seed,
};
for (const [name, value] of Object.entries(asked)) if (value !== undefined) process.env[name] = value;

/** The value that this share of the sorted ones does not exceed. */
function quantile(sorted, share) {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function tableOf(lines) {
  const head = ["operation", "rounds", "kills", "of recoveries", "recovery p50", "p99", "bad"];
  const rows = lines.map(({ operation, outcomes, bad }) => {
    const sorted = outcomes.map(({ recovery }) => recovery).sort((a, b) => a - b);
    const kills = outcomes.filter(({ killed }) => killed).length;
    const later = outcomes.reduce((sum, { killedAgain }) => sum + killedAgain, 0);
    const times = [0.5, 0.99].map((share) => `${quantile(sorted, share)} ms`);
    return [operation, outcomes.length, kills, later, ...times, bad].map(String);
  });
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

try {
  const vitest = await startVitest("test", ["test/faults/killed.test.ts"], { watch: false });
  await vitest.close();
  const lines = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : [];
  if (lines.length > 0) console.log(tableOf(lines.map((line) => JSON.parse(line))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
