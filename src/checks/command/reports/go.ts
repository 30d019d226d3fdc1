import * as z from "zod/mini";
import { type CaseOutcome, ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

const Event = z.object({
  Action: z.string(),
  Package: z.optional(z.string()),
  Test: z.optional(z.string()),
  Output: z.optional(z.string()),
  ImportPath: z.optional(z.string()),
  FailedBuild: z.optional(z.string()),
});
type Event = z.output<typeof Event>;

interface Tested {
  outcome: CaseOutcome | undefined;
  output: string;
}

interface Package extends Tested {
  readonly tests: Map<string, Tested>;
  build: string | undefined;
}

interface Run {
  readonly packages: Map<string, Package>;
  /** What the compiler said, by import path. */
  readonly builds: Map<string, { output: string; failed: boolean }>;
}

const keptOutput = 20_000;
const outcomes: Readonly<Record<string, CaseOutcome>> = { pass: "passed", fail: "failed", skip: "skipped" };
// Before Go 1.24 a package that could not be built is told in prose alone.
const notBuilt = /^FAIL\s+(\S+)\s+\[(?:build|setup) failed\]/;

/** Counts the tests of `go test -json`: those without subtests, and whatever broke outside of a test. */
export function parseGo(text: string): TestReport | ReportProblem {
  if (text.trim() === "") return { problem: "is empty" };
  const run: Run = { packages: new Map(), builds: new Map() };
  for (const [index, line] of text.split("\n").entries()) {
    if (!takeLine(run, line.trim())) return { problem: `is cut or damaged at line ${index + 1}` };
  }
  if (run.packages.size === 0 && run.builds.size === 0) return { problem: "is no output of go test -json" };
  const report = new ReportBuilder();
  for (const [name, one] of run.packages) addPackage(report, name, one, run);
  addBuilds(report, run);
  return report.report();
}

function takeLine(run: Run, line: string): boolean {
  const name = notBuilt.exec(line)?.[1];
  if (name !== undefined) packageOf(run, name).outcome ??= "failed";
  if (!line.startsWith('{"')) return true; // go itself, or a command before it, in prose
  try {
    const event = z.safeParse(Event, JSON.parse(line));
    if (event.success) take(run, event.data);
    return true;
  } catch {
    return false;
  }
}

function take(run: Run, event: Event): void {
  const { Action: action, Package: name, Test: test, ImportPath: path } = event;
  if (path !== undefined && action.startsWith("build-")) {
    const build = run.builds.get(path) ?? { output: "", failed: false };
    run.builds.set(path, {
      output: joined(build.output, event.Output),
      failed: build.failed || action === "build-fail",
    });
    return;
  }
  if (name === undefined) return;
  const one = packageOf(run, name);
  const tested = test === undefined ? one : testOf(one, test);
  tested.output = joined(tested.output, event.Output);
  tested.outcome = outcomes[action] ?? tested.outcome;
  if (test === undefined) one.build = event.FailedBuild ?? one.build;
}

function packageOf(run: Run, name: string): Package {
  const known = run.packages.get(name) ?? {
    ...{ tests: new Map<string, Tested>(), outcome: undefined, output: "", build: undefined },
  };
  run.packages.set(name, known);
  return known;
}

function testOf({ tests }: Package, name: string): Tested {
  const known = tests.get(name) ?? { outcome: undefined, output: "" };
  tests.set(name, known);
  return known;
}

function addPackage(report: ReportBuilder, name: string, one: Package, run: Run): void {
  const bad = [...one.tests].filter(([, { outcome }]) => outcome === undefined || outcome === "failed");
  const parents = new Set([...one.tests.keys()].flatMap(ancestors));
  for (const [test, { outcome, output }] of one.tests) {
    const isBad = outcome === undefined || outcome === "failed";
    // A parent fails with its subtests; it counts for itself only when none of them explains it.
    if (parents.has(test) && (!isBad || bad.some(([other]) => other.startsWith(`${test}/`)))) continue;
    const told = outcome === undefined ? `${output}\nThe test did not end.` : output;
    report.add(outcome ?? "error", `${name} ${test}`, told);
  }
  const ended = one.outcome === "passed" || one.outcome === "skipped";
  if (ended || bad.length > 0) return;
  const build = one.build === undefined ? undefined : run.builds.get(one.build);
  if (build) build.failed = false; // told here, with the package it was for
  const why = one.outcome === undefined ? "\nThe package did not end." : "";
  report.add("error", name, `${build?.output ?? ""}${one.output}${why}`);
}

function addBuilds(report: ReportBuilder, { builds }: Run): void {
  for (const [path, { failed, output }] of builds) if (failed) report.add("error", path, output);
}

function ancestors(test: string): string[] {
  const parts = test.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function joined(output: string, more: string | undefined): string {
  return more === undefined || output.length > keptOutput ? output : output + more;
}
