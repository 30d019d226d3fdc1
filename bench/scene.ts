import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { makeGated, makeTasks } from "./projects.ts";
import { makeCreating, makeLanding, makeWorktrees } from "./worktrees.ts";

/** A repository in memory in which something is measured. */
export interface Place {
  readonly folder: string;
  /** Makes what one run of the program uses up, and what one run of its floor does. */
  readonly prepare?: (number: number) => void;
  readonly prepareFloor?: (number: number) => void;
}

/** A repository to be made, and the programs that make it. */
export interface Site {
  readonly folder: string;
  /** CALM_HOME. */
  readonly home: string;
  readonly git: (args: readonly string[], below?: string) => void;
  readonly calm: (args: readonly string[], below?: string) => void;
  readonly write: (path: string, text: string) => void;
}

const makers = {
  tasks: makeTasks,
  gated: makeGated,
  ten: (site: Site) => makeWorktrees(site, { count: 10, work: "disjoint" }),
  "fifty clean": (site: Site) => makeWorktrees(site, { count: 50, work: "none" }),
  "fifty disjoint": (site: Site) => makeWorktrees(site, { count: 50, work: "disjoint" }),
  "fifty meeting": (site: Site) => makeWorktrees(site, { count: 50, work: "meeting" }),
  creating: makeCreating,
  landing: makeLanding,
} as const satisfies Record<string, (site: Site) => Place>;

/** The places that there are. */
export type PlaceName = keyof typeof makers;

/** A home in memory, and the program that is measured. */
export interface Scene {
  readonly program: string;
  readonly plain: NodeJS.ProcessEnv;
  /** The same with NODE_EXTRA_CA_CERTS set to a file of about 140 certificates. */
  readonly withCertificates: NodeJS.ProcessEnv;
  /** A place, made when it is asked for first. */
  place(name: PlaceName): Place;
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

/** Makes the scene; `program` is the published entry. */
export function makeScene(program: string): Scene {
  const folder = mkdtempSync(join(quickFolder(), "calm-bench-"));
  const home = join(folder, "home");
  mkdirSync(home);
  const plain = {
    PATH: process.env["PATH"],
    HOME: home,
    CALM_HOME: join(home, ".calm"),
    GIT_CONFIG_GLOBAL: join(home, "gitconfig"),
    LC_ALL: "C",
  };
  writeFileSync(plain.GIT_CONFIG_GLOBAL, "[user]\n\tname = b\n\temail = b@x\n");
  const certificates = join(folder, "certificates.pem");
  writeFileSync(certificates, rootCertificates.join("\n"));
  const places = new Map<PlaceName, Place>();
  return {
    program: resolve(program),
    plain,
    withCertificates: { ...plain, NODE_EXTRA_CA_CERTS: certificates },
    place: (name) => {
      const place =
        places.get(name) ?? makers[name](siteAt(join(folder, name.replace(" ", "-")), program, plain));
      places.set(name, place);
      return place;
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Environment = NodeJS.ProcessEnv & { readonly CALM_HOME: string };

/** A new repository, and what is done to it. */
function siteAt(folder: string, program: string, env: Environment): Site {
  mkdirSync(folder);
  const site: Site = {
    folder,
    home: env.CALM_HOME,
    git: (args, below = "") => {
      execFileSync("git", args, { cwd: join(folder, below), env });
    },
    calm: (args, below = "") => {
      const call = { cwd: join(folder, below), env, encoding: "utf8" } as const;
      const { status, stderr } = spawnSync(program, args, call);
      if (status !== 0) throw new Error(`calm ${args.join(" ")}: ${stderr}`);
    },
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
  };
  site.git(["init", "--quiet", "--initial-branch=main"]);
  return site;
}
