/** What is measured, and what it must reach: multiples of `node -e 0` in the same environment, or of its own floor. */
export interface Case {
  readonly name: string;
  /** `{n}` stands for a number that no run has had before. */
  readonly args: readonly string[];
  /** Runs with NODE_EXTRA_CA_CERTS set, as companies do; its floor pays for it, too. */
  readonly certificates: boolean;
  /** A command that it runs, in a repository with a gate: the floor is that command alone and two `node -e 0`. */
  readonly around?: string;
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

/** The command that the bench's gate runs. */
export const gatedCommand = "sleep 0.3";

const aroundCommand: Case = {
  name: "gate check around a command",
  args: ["gate", "check", "BENCH-001", "--no-cache"],
  certificates: false,
  around: gatedCommand,
  gate: 1,
  goal: 1,
};

// First without, then with the extra certificates.
const processes: readonly Case[] = [false, true].flatMap((certificates) =>
  commands.map(({ args, target }) => {
    const { gate, goal } = certificates && target === read ? readWithCertificates : target;
    const known = !certificates || target === read;
    return {
      name: nameOf(args) + (certificates ? " (certificates)" : ""),
      args,
      certificates,
      gate: known ? gate : undefined,
      goal: known ? goal : undefined,
    };
  }),
);

/** Everything that is measured. */
export const cases: readonly Case[] = [...processes, aroundCommand];
