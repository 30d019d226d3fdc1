import { bugReport, bugTest, feature, proposal, rightLine, spec, wrongLine } from "./project-files.ts";

/** One step of the demo. */
export type Step =
  | { readonly kind: "say"; readonly text: string }
  /** A calm command; `{name}` stands for a remembered answer. */
  | {
      readonly kind: "calm";
      readonly line: string;
      readonly exit: number;
      /** A text that the answer must have. */
      readonly has?: string;
      /** Remembers the answer under a name. */
      readonly remember?: string;
      /** The remembered worker who runs it. */
      readonly as?: string;
    }
  | { readonly kind: "git"; readonly args: readonly string[]; readonly task?: string }
  | { readonly kind: "write"; readonly task: string; readonly files: Readonly<Record<string, string>> }
  | {
      readonly kind: "replace";
      readonly task: string;
      readonly path: string;
      readonly from: string;
      readonly to: string;
    };

const say = (text: string): Step => ({ kind: "say", text });
const calm = (line: string, has: string, as?: string): Step => ({
  ...{ kind: "calm", line, exit: 0, has },
  ...(as !== undefined && { as }),
});
const refused = (line: string, has: string, as: string): Step => ({ kind: "calm", line, exit: 4, has, as });
const start = (task: string, role: string, remember: string): Step => ({
  ...{ kind: "calm", line: `worker start ${task} ${role}`, exit: 0, has: "W-", remember },
});
const write = (task: string, files: Readonly<Record<string, string>>): Step => ({
  kind: "write",
  task,
  files,
});
const commit = (task: string, message: string): Step[] => [
  { kind: "git", task, args: ["add", "--all"] },
  { kind: "git", task, args: ["commit", "--quiet", "--message", message] },
];
const pass = (task: string, phase: string, as: string): Step[] => [
  calm(`gate check ${task}`, "GATE PASSED", as),
  calm(`task transition ${task} ${phase}`, `Transitioned ${task} to ${phase}`, as),
];
const approve = (task: string, type: string, ...workers: readonly string[]): Step[] =>
  workers.map((as) => calm(`review record ${task} ${type} approved`, "approved", as));

const beginning: readonly Step[] = [
  say(
    "A team works on a small library. Its project file says approval: none, so that nobody has to be asked here;",
  ),
  say("in a real project a person approves the specification and the proposal (calm approve)."),
  calm("init", "Project:"),
  say("Gates run the repository's own commands, so these are looked at and approved once."),
  calm("trust --show", "not approved"),
  calm("trust --yes", "node --test"),
  calm('task create SPEC --next "Convert to Kelvin"', "SPEC-001"),
  calm('task create BUG --next "toCelsius is wrong"', "BUG-001"),
];

const featureToCode: readonly Step[] = [
  say("The feature: a worker gets a worktree of its own and writes the specification."),
  calm("worktree create SPEC-001", ".worktrees/SPEC-001"),
  start("SPEC-001", "backend", "builder"),
  write("SPEC-001", { "planning_docs/SPEC-001/spec.md": spec }),
  say("Refusal 1: no phase is left without evidence."),
  refused("task transition SPEC-001 DESIGN", "has not been run", "builder"),
  say("Refusal 2: evidence belongs to a commit, so the tree must be clean."),
  refused("gate check SPEC-001", "uncommitted changes", "builder"),
  ...commit("SPEC-001", "SPEC-001: specification"),
  say("Two reviewers look at it."),
  start("SPEC-001", "spec-reviewer", "first"),
  start("SPEC-001", "reviewer", "second"),
  ...approve("SPEC-001", "spec", "first"),
  say("Refusal 3: one reviewer counts once."),
  refused("review record SPEC-001 spec approved", "has approved this spec already", "first"),
  ...approve("SPEC-001", "spec", "second"),
  ...pass("SPEC-001", "DESIGN", "builder"),
  write("SPEC-001", { "planning_docs/SPEC-001/proposal.md": proposal }),
  ...commit("SPEC-001", "SPEC-001: proposal"),
  ...approve("SPEC-001", "proposal", "first", "second"),
  ...pass("SPEC-001", "IMPLEMENT", "builder"),
];

const bugToFix: readonly Step[] = [
  say("Meanwhile another worker takes the bug, in a worktree beside the first."),
  calm("worktree create BUG-001", ".worktrees/BUG-001"),
  start("BUG-001", "bug-investigator", "fixer"),
  write("BUG-001", { "bug_reports/BUG-001.md": bugReport }),
  ...commit("BUG-001", "BUG-001: report"),
  ...pass("BUG-001", "INVESTIGATED", "fixer"),
  write("BUG-001", { "test/to-celsius.test.js": bugTest, "changelog.d/BUG-001.md": "Fixed: toCelsius.\n" }),
  { kind: "replace", task: "BUG-001", path: "src/degrees.js", from: wrongLine, to: rightLine },
  ...commit("BUG-001", "BUG-001: parentheses, and the test that shows it"),
  calm("status", "BUG-001"),
  say("The gate proves that the new test fails without the fix."),
  ...pass("BUG-001", "FIXED", "fixer"),
  start("BUG-001", "reviewer", "third"),
  start("BUG-001", "qa", "fourth"),
  ...approve("BUG-001", "bugfix", "third", "fourth"),
  ...pass("BUG-001", "REVIEWED", "fixer"),
  say("The full tests run in a clean room outside of the repository."),
  ...pass("BUG-001", "TESTED", "fixer"),
  calm("worktree merge BUG-001", "Merged BUG-001 to main", "fixer"),
  ...["fixer", "third", "fourth"].map((worker) => calm(`worker complete {${worker}}`, "completed")),
];

const featureToDone: readonly Step[] = [
  say("The feature is built on the old main, and lands on the new one."),
  write("SPEC-001", feature),
  ...commit("SPEC-001", "SPEC-001: toKelvin"),
  ...pass("SPEC-001", "CODE_REVIEW", "builder"),
  ...approve("SPEC-001", "code", "first", "second"),
  ...pass("SPEC-001", "TEST", "builder"),
  ...pass("SPEC-001", "INTEGRATE", "builder"),
  calm("worktree merge SPEC-001 --check-only", "No merge conflicts"),
  say("The merge is built aside and checked; only then does main move."),
  calm("worktree merge SPEC-001", "Merged SPEC-001 to main", "builder"),
  ...pass("SPEC-001", "DONE", "builder"),
  ...["builder", "first", "second"].map((worker) => calm(`worker complete {${worker}}`, "completed")),
];

const ending: readonly Step[] = [
  say("What is left: both tasks DONE, and a main branch whose every commit was seen to pass."),
  calm("task list --include-done", "DONE"),
  { kind: "git", args: ["log", "--graph", "--oneline", "--decorate"] },
  calm("status", "merges_since_docs = 2"),
  calm("log --limit 20", "merged SPEC-001"),
];

/** The whole story, from an empty project to two landed tasks. */
export const story: readonly Step[] = [
  ...beginning,
  ...featureToCode,
  ...bugToFix,
  ...featureToDone,
  ...ending,
];
