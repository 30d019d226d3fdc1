import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Sqlite from "@photostructure/sqlite";
import type { Place, Site } from "./scene.ts";

/** What lies uncommitted in each worktree: nothing, one file that nobody else has, or a line of a file of all. */
type Work = "none" | "disjoint" | "meeting";

const folders = 20;
const filesInEach = 10;
/** Lines of the file of all; each worktree changes one, and none is next to another. */
const lines = Array.from({ length: 200 }, (_, line) => `line ${line}\n`);

const mergeConfig = `version: 1
gates:
  INTEGRATE-VERIFY: { reviews: 0 }
checks:
  tests: { run: "true", min_tests: 0 }
  lint: { none: "measured without" }
  types: { none: "measured without" }
`;

/** Commits 200 files in 20 folders, and one that everybody works on. */
function commitFiles({ git, write }: Site): void {
  write(".calm/config.yaml", mergeConfig);
  write("shared", lines.join(""));
  for (let file = 0; file < folders * filesInEach; file++)
    write(`folder-${file % folders}/file-${file}`, `${file}\n`.repeat(20));
  git(["add", "--all"]);
  git(["commit", "--quiet", "--message=start"]);
}

function makeWorktree({ calm }: Site, task: string): string {
  calm(["task", "create", task, "A task"]);
  calm(["worktree", "create", task]);
  return `.worktrees/${task}`;
}

/** A repository with worktrees, whose files have lain there for a while and in which git has looked around before. */
export function makeWorktrees(site: Site, { count, work }: { count: number; work: Work }): Place {
  commitFiles(site);
  const tasks = Array.from({ length: count }, (_, index) => `WORK-${index}`);
  const trees = tasks.map((task) => makeWorktree(site, task));
  // An index of the same second as its files makes git read all of them again.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  for (const [index, tree] of trees.entries()) {
    site.git(["status", "--short"], tree);
    if (work === "disjoint") site.write(`${tree}/folder-1/of-${index}`, "mine\n");
    if (work === "meeting") site.write(`${tree}/shared`, lines.with(4 * index, `${index}\n`).join(""));
  }
  return { folder: site.folder };
}

/** A repository in which every run makes the worktree of a task of its own. */
export function makeCreating(site: Site): Place {
  commitFiles(site);
  return {
    folder: site.folder,
    prepare: (number) => {
      site.calm(["task", "create", `NEW-${number}`, "A task"]);
    },
  };
}

/** A repository in which every run lands a branch of its own, whose merge has passed its gate before. */
export function makeLanding(site: Site): Place {
  commitFiles(site);
  site.calm(["trust", "--yes"]);
  const commit = (tree: string, path: string): void => {
    site.write(`${tree}/${path}`, "done\n");
    site.write(`${tree}/changelog.d/${path}.md`, "Did it.\n");
    site.git(["add", "--all"], tree);
    site.git(["commit", "--quiet", "--message=work"], tree);
  };
  return {
    folder: site.folder,
    prepare: (number) => {
      const task = `LAND-${number}`;
      commit(makeWorktree(site, task), task);
      // Past the gates before: they are not what is measured.
      update(site, `update tasks set phase = 'INTEGRATE' where id = '${task}'`);
      site.calm(["gate", "check", task, "INTEGRATE-VERIFY"]);
    },
    prepareFloor: (number) => {
      const branch = `plain-${number}`;
      site.git(["worktree", "add", "--quiet", "-b", branch, `.worktrees/${branch}`]);
      commit(`.worktrees/${branch}`, branch);
    },
  };
}

function update({ home }: Site, sql: string): void {
  // Not bundled with the bench: it looks for its native part beside itself.
  const load = createRequire(process.argv[1] ?? "");
  const { DatabaseSync } = load("@photostructure/sqlite") as typeof Sqlite;
  const database = new DatabaseSync(join(home, "metadata.db"));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
