import { Failure } from "../failure.ts";
import type { Git } from "../git/git.ts";
import { administer } from "../merge/administer.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import { listAtticRecords } from "../store/attic.ts";
import { findJournal } from "../store/journal.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

const pins = "refs/calm/op/";

/** calm's own refs and what the database says of them are the same. */
export const refs: Examination<Memory> = {
  name: "refs",
  async examine(memory) {
    const findings = [
      ...(await leftLocks(memory)),
      ...(await leftPins(memory)),
      ...(await lostFromAttic(memory)),
    ];
    return { summary: "calm's refs and its records agree", findings };
  },
};

/** A git that the system refuses to go on cannot remove its locks either, and no other may change that ref then. */
async function leftLocks({ context, project }: Memory): Promise<Finding[]> {
  const git = await context.git();
  return (await git.findStaleLocks()).map((ref) => {
    const path = `${project.commonDir}/${ref}.lock`;
    const run = (): Promise<void> => administer(context, () => git.removeStaleLocks([ref]));
    const message = `${path} is left of a git that has ended`;
    return {
      state: "problem",
      message,
      command: `rm ${shellQuote(path)}`,
      repair: { what: `remove ${path}`, run },
    };
  });
}

/** A merge keeps its candidate under a ref only while it is under way. */
async function leftPins({ context, project, store }: Memory): Promise<Finding[]> {
  const git = await context.git();
  const findings: Finding[] = [];
  for (const [ref, commit] of await git.refsBelow(pins)) {
    const entry = await findJournal(store, ref.slice(pins.length));
    if (entry?.ended_at === null) continue;
    const command = `${gitIn(project.root)} update-ref -d ${ref} ${commit}`;
    if (!entry) {
      // Another CALM_HOME may be at work with it.
      const message = `${ref} belongs to no operation of this CALM_HOME`;
      findings.push({ state: "warning", message, command });
      continue;
    }
    const run = async (): Promise<void> => {
      await git.deleteRef(ref, commit);
    };
    const message = `${ref} is left of ${entry.id}, which has ended (${entry.state})`;
    findings.push({ state: "problem", message, command, repair: { what: `remove ${ref}`, run } });
  }
  return findings;
}

/** What was kept is safe only while its ref is there; without it git may throw the commit away at any time. */
async function lostFromAttic({ context, project, store }: Memory): Promise<Finding[]> {
  const git = await context.git();
  const there = await git.refsBelow("refs/calm/attic/");
  const findings: Finding[] = [];
  for (const { ref, commit_sha: commit, task_id: task } of await listAtticRecords(store)) {
    if (there.has(ref)) continue;
    const what = `point ${ref} to ${commit} again`;
    if (await hasCommit(git, commit)) {
      const run = (): Promise<void> =>
        administer(context, async () => {
          // Its record goes before its ref does, so one that is still recorded was not dropped.
          const recorded = (await listAtticRecords(store)).some((one) => one.ref === ref);
          if (recorded) await git.moveRef(ref, commit, undefined, "calm doctor --fix");
        });
      const message = `${ref} is gone, which kept work of ${task}; its commit is still there`;
      findings.push({ state: "problem", message, command: "calm doctor --fix", repair: { what, run } });
    } else {
      const message = `${ref} is gone, which kept work of ${task}, and so is its commit ${commit}`;
      const command = `${gitIn(project.root)} fsck --lost-found`;
      findings.push({ state: "warning", message, command });
    }
  }
  return findings;
}

async function hasCommit(git: Git, commit: string): Promise<boolean> {
  try {
    await git.treeOf(commit);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "git_failed") return false;
    throw error;
  }
}
