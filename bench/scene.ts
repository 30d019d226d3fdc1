import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rootCertificates } from "node:tls";

/** A repository and a home in memory, and the program that is measured. */
export interface Scene {
  readonly program: string;
  readonly repository: string;
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
  const [home, repository] = [join(folder, "home"), join(folder, "repository")];
  for (const path of [home, repository]) mkdirSync(path);
  const plain = {
    PATH: process.env["PATH"],
    HOME: home,
    CALM_HOME: join(home, ".calm"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    LC_ALL: "C",
  };
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=b", "-c", "user.email=b@x", ...args], {
      cwd: repository,
      env: plain,
    });
  };
  git("init", "--quiet", "--initial-branch=main");
  git("commit", "--quiet", "--allow-empty", "--message=start");
  const calm = (...args: string[]): void => {
    const { status, stderr } = spawnSync(program, args, { cwd: repository, env: plain, encoding: "utf8" });
    if (status !== 0) throw new Error(`calm ${args.join(" ")}: ${stderr}`);
  };
  calm("counter", "add", "bench");
  for (let count = 0; count < 10; count++) calm("task", "create", "BENCH", `Task ${count}`, "--next");
  const certificates = join(folder, "certificates.pem");
  writeFileSync(certificates, rootCertificates.join("\n"));
  return {
    program: resolve(program),
    repository,
    plain,
    withCertificates: { ...plain, NODE_EXTRA_CA_CERTS: certificates },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
