import type { Context } from "../context.ts";
import { isTestFile } from "../model/paths.ts";
import type { VerdictKey } from "../store/check-runs.ts";
import { type CheckResult, type CommandResult, fail, pass, type Subject } from "./check.ts";
import type { CommandDefinition, Runner } from "./command/definition.ts";
import type { CommandRunner } from "./run-commands.ts";

/** One part of the tests that must show red. */
export interface ProofPart {
  readonly definition: CommandDefinition;
  /** The changed test files, for people. */
  readonly tests: string;
  readonly key: VerdictKey;
}

/** A proof that is still to be made: the merge base's tree with only the tests of the fix. */
export interface OpenProof {
  readonly runner: CommandRunner;
  readonly parts: readonly ProofPart[];
  readonly tests: string;
  readonly tree: string;
  readonly baseTree: string;
}

interface Shown {
  readonly part: ProofPart;
  readonly ran: CommandResult;
}

/** Runs the tests without the fix: one part at least must fail by a test that does not fail on the merge base anyway. */
export async function proveRegression(subject: Subject, proof: OpenProof): Promise<CheckResult> {
  const shown = await runWithoutFix(subject, proof);
  const said: { result: CheckResult; judged: boolean }[] = [];
  for (const { part, ran } of shown) {
    const evidence = { ...ran.evidence, ...part.key };
    if (ran.verdict !== "fail") {
      const message = `${part.tests} pass without the fix, so they do not show the bug. Make them fail on the merge base`;
      said.push({ result: fail(message, evidence), judged: true });
      continue;
    }
    const problem = isRed(ran, part.definition)
      ? await notOfTheFix(subject, proof, { part, ran })
      : `The tests could not be judged without the fix: ${ran.message}`;
    if (problem === undefined)
      return pass(`${part.tests} ${howRed(ran)} without the fix, as they must`, evidence);
    said.push({ result: fail(problem, evidence), judged: false });
  }
  const [worst] = [...said.filter(({ judged }) => !judged), ...said];
  if (!worst) throw new Error("the tests of the merge base gave no result");
  return worst.result;
}

async function runWithoutFix(subject: Subject, { runner, parts, tree }: OpenProof): Promise<Shown[]> {
  const { context, base } = subject;
  const message = `calm: ${subject.task.id} with only its tests, to see them fail`;
  const overlay = await (await context.git()).writeCommit({ tree, parents: [base], message });
  const jobs = parts.map(({ definition }) => ({
    definition,
    room: "clean" as const,
    told: `${definition.check} without the fix`,
  }));
  const ran = await runner.run(jobs, { commit: overlay, tree });
  return parts.flatMap((part, index) => {
    const result = ran[index];
    return result ? [{ part, ran: result }] : [];
  });
}

/** Runners that build the tests first; what does not build has no report. */
const building: readonly Runner[] = ["cargo", "nextest", "go", "maven", "gradle"];

/** Tests that ran and failed, or could not be built; a missing tool, a time-out or a broken setup proves nothing. */
function isRed(ran: CommandResult, { runner }: CommandDefinition): boolean {
  const code = ran.evidence.exit_code;
  if (code === null || code === 0 || code === 126 || code === 127) return false;
  return ran.counts === null ? building.includes(runner) : failures(ran) > 0;
}

function howRed(ran: CommandResult): string {
  return ran.counts === null ? "do not build" : "fail";
}

function failures({ counts }: CommandResult): number {
  return counts === null ? 0 : counts.failed + counts.errors;
}

/** Why a failure without the fix does not come from the changed tests; undefined when it does. */
async function notOfTheFix(
  subject: Subject,
  { runner, baseTree }: OpenProof,
  { part, ran }: Shown,
): Promise<string | undefined> {
  const { context, base } = subject;
  const files = await (await context.git()).filesOf(base);
  // Where there was no test, none has failed; runners call that a failure of their own.
  if (!files.some(({ path }) => isTestFile(path))) return undefined;
  const told = `${part.definition.check} of the merge base`;
  const job = { definition: part.definition, room: "clean", told } as const;
  const [own] = await runner.run([job], { commit: base, tree: baseTree });
  if (!own) throw new Error("the tests of the merge base gave no result");
  if (own.verdict === "pass") return undefined;
  if (own.counts === null || ran.counts === null)
    return `Whether the fix makes the difference is unknown, for the merge base fails by itself: ${own.message}`;
  if (failures(own) > own.failedTests.length || failures(ran) > ran.failedTests.length)
    return `More tests fail on the merge base than can be compared (${failures(own)})`;
  const known = namesOf(context, own);
  const anyway = known.join(", ");
  // Of equal names, as many as there are more.
  const fresh = namesOf(context, ran).filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  if (fresh.length > 0) return undefined;
  return `No test fails without the fix but those that fail on the merge base anyway: ${anyway}`;
}

/** The names of failed tests, the same in every clean room: some runners name a file by its whole path. */
function namesOf({ home }: Context, { failedTests }: CommandResult): string[] {
  return failedTests.map(({ name }) => {
    const [before = "", ...rest] = name.split(`${home.slots}/`);
    return [before, ...rest.map((text) => text.replace(/^[^/]+\/\d+\//, ""))].join("");
  });
}
