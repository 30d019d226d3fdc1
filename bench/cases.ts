import type { PlaceName } from "./scene.ts";

/** What nothing can beat: so many `node -e 0`, and in the same round what git or a command needs by itself. */
export interface Floor {
  readonly nodes: number;
  /** A line for `sh`, run in the same place; `{n}` as in a case. */
  readonly line?: string;
}

/** What is measured, and what it must reach as a multiple of its floor. */
export interface Case {
  readonly name: string;
  /** `{n}` stands for a number that no run has had before. */
  readonly args: readonly string[];
  readonly place: PlaceName;
  /** Runs with NODE_EXTRA_CA_CERTS set, as companies do; its floor pays for it, too. */
  readonly certificates: boolean;
  readonly floor: Floor;
  readonly gate: number | undefined;
  readonly goal: number | undefined;
}

interface Target {
  readonly gate: number;
  readonly goal: number;
}

// PERFORMANCE.md, "Targets".
const start: Target = { gate: 1.15, goal: 1.05 };
const read: Target = { gate: 1.4, goal: 1.2 };
const write: Target = { gate: 1.5, goal: 1.25 };
const readWithCertificates: Target = { gate: 0.65, goal: 0.5 };
const forecast: Target = { gate: 6, goal: 3 };

const commands: readonly { readonly args: readonly string[]; readonly target: Target }[] = [
  { args: ["--version"], target: start },
  { args: ["--help"], target: start },
  { args: ["task", "show", "BENCH-001"], target: read },
  { args: ["task", "list"], target: read },
  { args: ["status"], target: read },
  { args: ["counter", "get", "bench"], target: read },
  { args: ["counter", "increment", "bench"], target: write },
  // Not --next, which asks git for the numbers of other branches.
  { args: ["task", "create", "BENCH-{n}", "A task"], target: write },
];

function nameOf(args: readonly string[]): string {
  const words = args.filter((_, index) => index < 2 || args.length === 1);
  return words.join(" ");
}

// First without, then with the extra certificates.
const processes: readonly Case[] = [false, true].flatMap((certificates) =>
  commands.map(({ args, target }): Case => {
    const { gate, goal } = certificates && target === read ? readWithCertificates : target;
    const known = !certificates || target === read;
    return {
      name: nameOf(args) + (certificates ? " (certificates)" : ""),
      ...{ args, certificates, place: "tasks", floor: { nodes: 1 } },
      gate: known ? gate : undefined,
      goal: known ? goal : undefined,
    };
  }),
);

/** The command that the bench's gate runs. */
export const gatedCommand = "sleep 0.3";

const plain = { certificates: false } as const;

const aroundCommand: Case = {
  name: "gate check around a command",
  args: ["gate", "check", "BENCH-001", "--no-cache"],
  ...plain,
  ...{ place: "gated", floor: { nodes: 2, line: gatedCommand }, gate: 1, goal: 1 },
};

const statusOfEach = 'git worktree list && for one in .worktrees/*; do git -C "$one" status --short; done';
const addWorktree = "git worktree add --quiet -b plain-{n} .worktrees/plain-{n}";
const land =
  "git merge --quiet --no-ff --no-edit plain-{n} && git worktree remove .worktrees/plain-{n} && git branch --quiet -d plain-{n}";

const list = ["worktree", "list"] as const;
const overlaps = ["worktree", "overlaps"] as const;
const ofWorktrees: readonly Case[] = [
  { name: "worktree list, 10 worktrees", args: list, place: "ten", floor: { nodes: 1, line: statusOfEach } },
  { name: "worktree overlaps, 50 clean", args: overlaps, place: "fifty clean", floor: { nodes: 1 } },
  { name: "worktree overlaps, 50 disjoint", args: overlaps, place: "fifty disjoint", floor: { nodes: 1 } },
  { name: "worktree overlaps, 50 in one file", args: overlaps, place: "fifty meeting", floor: { nodes: 1 } },
].map((one) => ({ ...one, ...plain, ...(one.args === list ? { gate: 1.4, goal: 1.1 } : forecast) }) as Case);

const changingWorktrees: readonly Case[] = [
  {
    ...plain,
    name: "worktree create",
    args: ["worktree", "create", "NEW-{n}"],
    ...{ place: "creating", floor: { nodes: 1.6, line: addWorktree }, gate: 1, goal: 0.8 },
  },
  {
    ...plain,
    name: "worktree merge, tree verified",
    args: ["worktree", "merge", "LAND-{n}"],
    ...{ place: "landing", floor: { nodes: 1.8, line: land }, gate: 1, goal: 0.7 },
  },
];

/** Everything that is measured. */
export const cases: readonly Case[] = [...processes, aroundCommand, ...ofWorktrees, ...changingWorktrees];
