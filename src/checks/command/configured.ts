import type { ConfiguredCheck, ProjectConfig } from "../../model/config.ts";
import { canAsk } from "./ask-report.ts";
import {
  type CheckDefinition,
  checkOfPart,
  defaultTimeout,
  partsOf,
  type ReportFormat,
  type ReportSource,
  type TreeReader,
} from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { recogniseRunner } from "./recognise.ts";
import { treeBelow } from "./tree-below.ts";

const configFile = ".calm/config.yaml";

const withoutTests = new Set(["lint", "types"]);

/** The definition of one configured check; `tree` says what the scripts named in it start. */
async function configuredCheck(
  check: string,
  configured: ConfiguredCheck,
  tree: TreeReader,
): Promise<CheckDefinition> {
  const source = { kind: "config", file: configFile } as const;
  if ("none" in configured) return { check, source, none: configured.none };
  const run = { kind: "shell", line: configured.run } as const;
  const folder = plainFolder(configured.dir ?? "");
  const found = await recogniseRunner(run, treeBelow(tree, folder));
  const whole = checkOfPart(check);
  const isTests =
    whole === "tests" || whole === "tests_full" || (!withoutTests.has(whole) && speaksOfTests(configured));
  const counted = isTests || (found.runner !== "unknown" && !withoutTests.has(whole));
  const report: ReportSource = configured.report
    ? reportAt(configured.report)
    : { kind: counted && canAsk(found) ? "asked" : "none" };
  return {
    check,
    source: found.runner === "unknown" ? source : { ...source, note: `runs ${found.runner}` },
    run,
    runner: found.runner,
    report,
    minTests: configured.min_tests ?? 1,
    allowSkipped: configured.allow_skipped,
    timeoutMs: configured.timeout ?? defaultTimeout,
    logLimit: configured.log_limit,
    isTests: counted,
    proveRegression: configured.prove_regression ?? true,
    env: {},
    folder,
    inputs: configured.inputs,
    retries: configured.retries ?? 0,
  };
}

/**
 * All command checks of a project by name: the configured ones, for the others the original's gate scripts where there
 * are some, then what the tree shows; `tests_full` is
 * `tests` where it has no command of its own. A check that is absent must fail, with `unrecognisedMessage`.
 */
export async function commandChecks(
  config: ProjectConfig,
  tree: TreeReader,
  original: ReadonlyMap<string, CheckDefinition> = new Map(),
): Promise<ReadonlyMap<string, CheckDefinition>> {
  const checks = new Map<string, CheckDefinition>(Object.entries(await detectChecks(tree)));
  for (const check of original.keys()) {
    for (const { check: detected } of partsOf(checks, checkOfPart(check))) checks.delete(detected);
  }
  for (const [check, definition] of original) checks.set(check, definition);
  const isPart = (name: string): boolean => name !== checkOfPart(name);
  // The whole check, once it is configured, is not made of detected parts any more.
  for (const check of Object.keys(config.checks).filter((name) => !isPart(name))) {
    for (const { check: part } of partsOf(checks, check)) checks.delete(part);
  }
  for (const [check, configured] of Object.entries(config.checks)) {
    checks.set(check, await configuredCheck(check, configured, tree));
  }
  if (checks.has("tests_full")) return checks;
  for (const tests of partsOf(checks, "tests")) {
    const check = tests.check.replace("tests", "tests_full");
    if (!checks.has(check)) checks.set(check, { ...tests, check });
  }
  return checks;
}

function reportAt({ format, path }: { format: ReportFormat; path?: string | undefined }): ReportSource {
  return path === undefined ? { kind: "output", format } : { kind: "file", format, path };
}

/** `web` for `./web/`, and "" for the root. */
function plainFolder(dir: string): string {
  const steps = dir.split("/").filter((step) => step !== "" && step !== ".");
  return steps.join("/");
}

function speaksOfTests(configured: ConfiguredCheck): boolean {
  if ("none" in configured) return false;
  // Findings of a linter are no tests.
  if (configured.report?.format === "sarif") return false;
  return [configured.report, configured.min_tests, configured.allow_skipped].some(
    (value) => value !== undefined,
  );
}
