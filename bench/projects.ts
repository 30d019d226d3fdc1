import { gatedCommand } from "./cases.ts";
import type { Place, Site } from "./scene.ts";

/** An empty repository with ten tasks and a counter. */
export function makeTasks({ folder, git, calm }: Site): Place {
  git(["commit", "--quiet", "--allow-empty", "--message=start"]);
  calm(["counter", "add", "bench"]);
  for (let count = 0; count < 10; count++) calm(["task", "create", "BENCH", `Task ${count}`, "--next"]);
  return { folder };
}

const gateConfig = `version: 1
gates:
  SPEC-DESIGN: { approval: none, reviews: 0, add: [around] }
checks:
  around: { run: "${gatedCommand}" }
`;

/** A repository with a task whose next gate runs the bench's command, and passes. */
export function makeGated({ folder, git, calm, write }: Site): Place {
  write(".calm/config.yaml", gateConfig);
  git(["add", "--all"]);
  git(["commit", "--quiet", "--message=start"]);
  calm(["task", "create", "BENCH-001", "A task"]);
  calm(["worktree", "create", "BENCH-001"]);
  calm(["trust", "--yes"]);
  const worktree = ".worktrees/BENCH-001";
  write(`${worktree}/planning_docs/BENCH-001/spec.md`, "# BENCH-001\n\nIt is measured.\n");
  git(["add", "--all"], worktree);
  git(["commit", "--quiet", "--message=specification"], worktree);
  return { folder };
}
