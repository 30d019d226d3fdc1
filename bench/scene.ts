import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { gatedCommand } from "./cases.ts";

/** A repository and a home in memory, and the program that is measured. */
export interface Scene {
  readonly program: string;
  readonly repository: string;
  /** A repository with a task whose next gate runs the bench's command, and passes. */
  readonly gated: string;
  readonly plain: NodeJS.ProcessEnv;
  /** The same with NODE_EXTRA_CA_CERTS set to a file of about 140 certificates. */
  readonly withCertificates: NodeJS.ProcessEnv;
  remove(): void;
}

/** Memory if there is some: a disk takes milliseconds for new files, now and then. */
function quickFolder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}

/** Makes the scene with ten tasks and a counter; `program` is the published entry. */
export function makeScene(program: string): Scene {
  const folder = mkdtempSync(join(quickFolder(), "calm-bench-"));
  const [home, repository, gated] = [join(folder, "home"), join(folder, "repository"), join(folder, "gated")];
  for (const path of [home, repository, gated]) mkdirSync(path);
  const plain = {
    PATH: process.env["PATH"],
    HOME: home,
    CALM_HOME: join(home, ".calm"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    LC_ALL: "C",
  };
  const tools = (cwd: string): Tools => ({
    git: (...args) => {
      execFileSync("git", ["-c", "user.name=b", "-c", "user.email=b@x", ...args], { cwd, env: plain });
    },
    calm: (...args) => {
      const { status, stderr } = spawnSync(program, args, { cwd, env: plain, encoding: "utf8" });
      if (status !== 0) throw new Error(`calm ${args.join(" ")}: ${stderr}`);
    },
  });
  const { git, calm } = tools(repository);
  git("init", "--quiet", "--initial-branch=main");
  git("commit", "--quiet", "--allow-empty", "--message=start");
  calm("counter", "add", "bench");
  for (let count = 0; count < 10; count++) calm("task", "create", "BENCH", `Task ${count}`, "--next");
  makeGated(gated, tools(gated), tools(join(gated, ".worktrees/BENCH-001")));
  const certificates = join(folder, "certificates.pem");
  writeFileSync(certificates, rootCertificates.join("\n"));
  return {
    program: resolve(program),
    repository,
    gated,
    plain,
    withCertificates: { ...plain, NODE_EXTRA_CA_CERTS: certificates },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The programs of a place. */
interface Tools {
  readonly git: (...args: string[]) => void;
  readonly calm: (...args: string[]) => void;
}

const gateConfig = `version: 1
gates:
  SPEC-DESIGN: { approval: none, reviews: 0, add: [around] }
checks:
  around: { run: "${gatedCommand}" }
`;

/** Makes a task whose specification is committed, so that its gate passes once the command has run. */
function makeGated(folder: string, main: Tools, task: Tools): void {
  mkdirSync(join(folder, ".calm"));
  writeFileSync(join(folder, ".calm/config.yaml"), gateConfig);
  main.git("init", "--quiet", "--initial-branch=main");
  main.git("add", "--all");
  main.git("commit", "--quiet", "--message=start");
  main.calm("task", "create", "BENCH-001", "A task");
  main.calm("worktree", "create", "BENCH-001");
  main.calm("trust", "--yes");
  const document = join(folder, ".worktrees/BENCH-001/planning_docs/BENCH-001/spec.md");
  writeFileSync(document, "# BENCH-001\n\nIt is measured.\n");
  task.git("add", "--all");
  task.git("commit", "--quiet", "--message=specification");
}
