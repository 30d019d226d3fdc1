import { join } from "node:path";
import { listTasks } from "../store/tasks.ts";
import { listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";
import type { ListedWorktree } from "../git/git.ts";
import { worktreePath } from "../model/paths.ts";
import { namesIn, pathExists } from "../system/files.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

/** The worktrees that calm remembers, those that git knows and those on the disk are the same. */
export const worktrees: Examination<Memory> = {
  name: "worktrees",
  async examine(memory) {
    const git = await memory.context.git();
    const records = await listWorktreeRecords(memory.store);
    const listed = await git.listWorktrees();
    const findings: Finding[] = [];
    for (const record of records) findings.push(...(await astray(memory, record, listed)));
    findings.push(...(await strangers(memory, records, listed)));
    return { summary: `${records.length}, as git and the disk have them`, findings };
  },
};

/** What is wrong with a worktree that calm made. */
async function astray(
  { context, project }: Memory,
  { task_id: task, path, branch }: WorktreeRecord,
  listed: readonly ListedWorktree[],
): Promise<Finding[]> {
  const git = await context.git();
  const problem = (message: string, command: string): Finding[] => [{ state: "problem", message, command }];
  if (!pathExists(path))
    return problem(`the worktree of ${task} is gone: ${path}`, "calm worktree health --fix");
  const head = await git.head(path);
  if (!head || !listed.some((one) => one.path === path))
    return problem(`git does not know the worktree of ${task}`, `git -C ${project.root} worktree repair`);
  if (head.branch === `refs/heads/${branch}`) return [];
  const there = (await git.commitOf(`refs/heads/${branch}`)) !== undefined;
  const command = `git -C ${path} checkout ${there ? "" : "-b "}${branch}`;
  return problem(`the worktree of ${task} is not on its branch ${branch}`, command);
}

/** What lies in `.worktrees/` and was not made by calm. */
async function strangers(
  { project, store }: Memory,
  records: readonly WorktreeRecord[],
  listed: readonly ListedWorktree[],
): Promise<Finding[]> {
  const folder = join(project.root, worktreePath("x"), "..");
  const names = pathExists(folder) ? await namesIn(folder) : [];
  const paths = names.map((name) => ({ name, path: join(folder, name) }));
  const foreign = paths.filter(({ path }) => !records.some((record) => record.path === path));
  if (foreign.length === 0) return [];
  const tasks = await listTasks(store);
  return foreign.map(({ name, path }): Finding => {
    const known = listed.some((one) => one.path === path);
    const adoptable = known && tasks.some((task) => task.id === name);
    const remedy = known ? `git worktree remove ${path}` : `mv ${path} ${project.root}`;
    return {
      state: "warning",
      message: known ? `${path} is a worktree that calm did not make` : `${path} is no worktree`,
      command: adoptable ? `calm worktree create ${name} --adopt` : remedy,
    };
  });
}
