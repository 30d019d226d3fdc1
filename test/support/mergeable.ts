import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { change, query } from "./database.ts";
import { must } from "./operate.ts";
import { createWorld, type World } from "./world.ts";

/** The tests of a world run what DURING says, and are red where a script below `assert/` is. */
export const mergeConfig = `version: 1
gates:
  INTEGRATE-VERIFY: { reviews: 0 }
checks:
  tests: { run: "sh ./check.sh", min_tests: 0 }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;

/** The first commit of a mergeable world. */
export const mergeFiles: Readonly<Record<string, string>> = {
  ".calm/config.yaml": mergeConfig,
  "check.sh":
    'echo run >> "$RUNS"\neval "$DURING" || exit 1\nfor one in assert/*; do sh "$one" || exit 1; done\n',
  "assert/true": "true\n",
  "src/a": "one\ntwo\nthree\n",
  "src/b": "b\n",
  "README.md": "# it\n",
};

/** A world whose merges need no reviews; `files` are laid over the usual ones. */
export async function mergeWorld(files: Readonly<Record<string, string>> = {}): Promise<World> {
  const world = createWorld({ ...mergeFiles, ...files });
  await must(world, "trust --yes");
  return world;
}

/** How often the tests ran. */
export function runsOf(world: World): number {
  const path = join(world.folder, "runs");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

/** The environment of a merge: what its tests do besides. */
export function during(world: World, script = ""): { readonly env: Readonly<Record<string, string>> } {
  return { env: { RUNS: join(world.folder, "runs"), DURING: script } };
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

/** Puts a task into a phase, past every gate. */
export function putIntoPhase(world: World, task: string, phase: string): void {
  change(databaseOf(world), `update tasks set phase = '${phase}' where id = '${task}'`);
}

/** Makes a feature with a worktree, commits files there and puts it before its merge; gives the commit. */
export async function mergeable(
  world: World,
  task: string,
  files: Readonly<Record<string, string>> = { [`src/${task}`]: `${task}\n` },
): Promise<string> {
  await must(world, ["task", "create", task, `Title of ${task}`]);
  await must(world, `worktree create ${task}`);
  const all = { [`changelog.d/${task}.md`]: `Did ${task}.\n`, ...files };
  const head = world.commit(all, `work on ${task}`, world.worktree(task));
  putIntoPhase(world, task, "INTEGRATE");
  return head;
}

/** What the database knows of merges. */
export interface MergeRecords {
  readonly merges: number;
  /** Open entries of the journal. */
  readonly open: readonly string[];
  readonly e2e: number | undefined;
  readonly docs: number | undefined;
}

/** Reads what the database knows of merges. */
export function mergeRecords(world: World): MergeRecords {
  const ask = <T>(sql: string, ...values: string[]): T[] => query<T>(databaseOf(world), sql, ...values);
  const valueOf = (name: string): number | undefined =>
    ask<{ value: number }>("select value from counters where name = ?", name)[0]?.value;
  const open = ask<{ id: string; state: string }>("select id, state from journal where ended_at is null");
  return {
    merges: ask("select id from merges").length,
    open: open.map(({ id, state }) => `${id} ${state}`),
    e2e: valueOf("merges_since_e2e"),
    docs: valueOf("merges_since_docs"),
  };
}

/** The main working tree byte for byte: every file and link, the index's entries, HEAD, and all refs. */
export function everything(world: World, root = world.repository): Record<string, string> {
  const seen: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (path === ".git" || path === ".worktrees") continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) seen[path] = `-> ${readlinkSync(join(root, path))}`;
      else seen[path] = readFileSync(join(root, path), "latin1");
    }
  };
  walk("");
  seen["index"] = world
    .git(["ls-files", "--stage", "--debug"], root)
    .replaceAll(/^ {2}(ctime|mtime|dev|uid|size).*$/gm, "");
  seen["flags"] = world.git(["ls-files", "-v"], root);
  seen["refs"] = world.git(["for-each-ref"], root);
  seen["HEAD"] = readFileSync(join(root, ".git/HEAD"), "utf8");
  return seen;
}

/** What calm and git must never leave behind. */
export function leftovers(world: World): string[] {
  const git = join(world.repository, ".git");
  const suspicious = /\.lock$|^MERGE_|^calm-(index|lock)|^CHERRY_PICK_HEAD$/;
  const found = readdirSync(git, { recursive: true, encoding: "utf8" }).filter((path) =>
    suspicious.test(path.slice(path.lastIndexOf("/") + 1)),
  );
  const trash = join(world.repository, ".worktrees");
  const folders = existsSync(trash) ? readdirSync(trash).filter((name) => name.startsWith(".trash")) : [];
  const pins = world.git(["for-each-ref", "--format=%(refname)", "refs/calm/op"]);
  return [...found, ...folders, ...listed(pins)];
}

/** The lines of what git listed, if anything. */
export function listed(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Waits for a file; fails after half a minute. */
export async function fileAppears(path: string): Promise<void> {
  for (let waited = 0; !existsSync(path); waited += 10) {
    expect(waited, `${path} does not appear`).toBeLessThan(30_000);
    await sleep(10);
  }
}

/** Tests that say when they run, and go on when told so. */
export interface PausedTests {
  readonly script: string;
  reached(): Promise<void>;
  goOn(): void;
  reset(): void;
}

/** Makes tests that pause. */
export function pausedTests(world: World): PausedTests {
  const [at, go] = [join(world.folder, "at"), join(world.folder, "go")];
  return {
    script: `: > ${at}; while [ ! -e ${go} ]; do sleep 0.02; done`,
    reached: () => fileAppears(at),
    goOn: () => {
      writeFileSync(go, "");
    },
    reset: () => {
      for (const path of [at, go]) rmSync(path);
    },
  };
}

/** A PATH whose git first runs a script, once, when its arguments hold a text. */
export function gitThatFirst(world: World, text: string, script: string): Record<string, string> {
  const folder = join(world.folder, "shim");
  mkdirSync(folder, { recursive: true });
  const once = join(world.folder, "shim-done");
  const real = `PATH=${world.env["PATH"] ?? ""}`;
  writeFileSync(
    join(folder, "git"),
    `#!/bin/sh\n${real}\ncase "$*" in *"${text}"*) if [ ! -e ${once} ]; then : > ${once}; (${script}) >&2; fi;; esac\nexec git "$@"\n`,
    { mode: 0o755 },
  );
  return { PATH: `${folder}:${world.env["PATH"] ?? ""}` };
}
