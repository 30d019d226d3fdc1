import { readFile, readdir, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import picomatch from "picomatch";
import type { ReportFormat } from "../definition.ts";
import { joinReports, type ReportProblem, type TestReport } from "./report.ts";

/** The files at a place for reports, each with what changes when it is written. */
type ReportFiles = ReadonlyMap<string, string>;

const mostFiles = 5000;
const mostBytes = 64_000_000;
type Parse = (text: string) => TestReport | ReportProblem;

// Only that of the format is loaded, once there is a report: the one for XML is as large as all of a gate.
const parsers: Readonly<Record<ReportFormat, () => Promise<Parse>>> = {
  junit: async () => (await import("./junit.ts")).parseJunit,
  jest: async () => (await import("./jest.ts")).parseJest,
  vitest: async () => (await import("./jest.ts")).parseJest,
  go: async () => (await import("./go.ts")).parseGo,
  cargo: async () => (await import("./cargo.ts")).parseCargo,
  tap: async () => (await import("./tap.ts")).parseTap,
  rspec: async () => (await import("./rspec.ts")).parseRspec,
  sarif: async () => (await import("./sarif.ts")).parseSarif,
};

/** The files that match a path or glob below a folder; a place outside of it has none. */
export async function listReports(root: string, pattern: string): Promise<ReportFiles> {
  const { base, isGlob, glob } = picomatch.scan(pattern.replace(/^\.\//, ""));
  const start = resolve(root, base);
  if (isAbsolute(pattern) || (start !== root && !start.startsWith(`${root}/`))) return new Map();
  const names = isGlob ? await below(start, glob) : [""];
  const files = new Map<string, string>();
  for (const name of names.slice(0, mostFiles + 1)) {
    const path = join(start, name);
    const facts = await stat(path, { bigint: true }).catch(() => undefined); // absent: nothing was written
    if (facts?.isFile()) files.set(path, [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(" "));
  }
  return files;
}

/** Reads the reports that were written since `before` was listed; undefined when there are none. */
export async function readReports(
  format: ReportFormat,
  before: ReportFiles,
  after: ReportFiles,
): Promise<TestReport | ReportProblem | undefined> {
  if (after.size > mostFiles) return { problem: `is spread over more than ${mostFiles} files` };
  const fresh = [...after].filter(([path, facts]) => before.get(path) !== facts).map(([path]) => path);
  if (fresh.length === 0) return undefined;
  const reports: TestReport[] = [];
  for (const path of fresh) {
    const report = await readReport(format, path);
    if ("problem" in report) return { problem: `${path} ${report.problem}` };
    reports.push(report);
  }
  return joinReports(reports);
}

async function readReport(format: ReportFormat, path: string): Promise<TestReport | ReportProblem> {
  const parse = await parsers[format]();
  try {
    if ((await stat(path)).size > mostBytes) return { problem: `is larger than ${mostBytes} bytes` };
    return parse(await readFile(path, "utf8"));
  } catch (error) {
    return { problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function below(start: string, glob: string): Promise<string[]> {
  const matches = picomatch(glob, { dot: true });
  const found: string[] = [];
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(join(start, folder), { withFileTypes: true }).catch(() => []); // no such folder
    for (const entry of entries) {
      const name = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && entry.name !== ".git") waiting.push(name);
      } else if (matches(name)) found.push(name);
    }
  }
  return found.sort();
}
