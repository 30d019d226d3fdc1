import { runGate } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import type { LivingPlace } from "../model/merge-queue.ts";
import { loadConfig } from "../project/load-config.ts";
import { type PlaceNews, setPlace } from "../store/merge-queue.ts";
import { getTask } from "../store/tasks.ts";
import { admit } from "./admit.ts";
import { writeWouldBe } from "./preview-candidate.ts";

/** What a merge may be built on: the default branch, or what it will be once those ahead have landed. */
interface Ground {
  readonly commit: string;
  readonly tree: string;
}

/**
 * Checks a waiting merge as it will be if those ahead of it land as they are. All that comes of it is a known verdict
 * of that tree: when its turn comes, the merge is built anew on what the default branch is then.
 */
export interface Forerunner {
  /** Begins, goes on, or begins anew, for those who are ahead now; throws when calm is to end. */
  follow(ahead: readonly LivingPlace[]): Promise<void>;
  /** Whether a check is under way. */
  atWork(): boolean;
  end(): Promise<void>;
}

/** One check, of what a merge would be on one ground. */
interface Run {
  readonly ground: Ground;
  readonly progress: { atWork: boolean; problem: Error | undefined };
  stop(): Promise<void>;
}

/** The forerunner of a place; where no earlier verdict is used there is nothing for it to do. */
export function createForerunner(
  context: Context,
  place: number,
  task: string,
  { wait, ahead: useful }: { readonly wait: number; readonly ahead: boolean },
): Forerunner {
  // More of them than cores would take the slots of those whose turn comes first.
  const farthest = !useful || wait === 0 ? 0 : Math.max(1, context.cores - 1);
  let run: Run | undefined;
  const atWork = (): boolean => run?.progress.atWork === true;
  return {
    atWork,
    async follow(ahead) {
      if (run?.progress.problem !== undefined) throw run.progress.problem;
      if (ahead.length === 0 && !atWork()) return;
      const ground = ahead.length === 0 ? await presentGround(context) : expectedGround(ahead);
      if (run?.ground.tree === ground?.tree) return;
      const gone = run;
      await gone?.stop();
      run = undefined;
      if (ground && ahead.length > 0 && ahead.length <= farthest) run = start(context, place, task, ground);
      else if (gone) await tell(context, place, withdrawn);
    },
    async end() {
      await run?.stop();
    },
  };
}

/** The nearest candidate ahead; a merge that conflicts, or is red, has withdrawn its own. */
function expectedGround(ahead: readonly LivingPlace[]): Ground | undefined {
  const last = ahead.findLast(({ candidate }) => candidate !== null);
  if (!last?.candidate || !last.candidate_tree) return undefined;
  return { commit: last.candidate, tree: last.candidate_tree };
}

async function presentGround(context: Context): Promise<Ground> {
  const { tip } = await loadConfig(context);
  return { commit: tip, tree: await (await context.git()).treeOf(tip) };
}

function start(context: Context, place: number, task: string, ground: Ground): Run {
  const stopper = new AbortController();
  const signal = AbortSignal.any([context.signal, stopper.signal]);
  const progress: Run["progress"] = { atWork: true, problem: undefined };
  const ended = checkOn({ ...context, signal }, place, task, ground)
    .catch(async (error: unknown) => {
      // One that was stopped has lost its ground: nobody asks for its verdict any more.
      if (stopper.signal.aborted) return;
      if (context.signal.aborted) throw error;
      // It only saves time: what is wrong is found again, and told, when the merge has its turn.
      const why = error instanceof Error ? error.message : String(error);
      context.progress(`${task} is not checked meanwhile: ${why}`);
      await tell(context, place, withdrawn);
    })
    .catch((error: unknown) => {
      progress.problem = error instanceof Error ? error : new Error(String(error));
    })
    .finally(() => {
      progress.atWork = false;
    });
  const stop = async (): Promise<void> => {
    stopper.abort();
    await ended;
  };
  return { ground, progress, stop };
}

const withdrawn: PlaceNews = { state: "waiting", candidate: null, candidate_tree: null };

async function tell(context: Context, place: number, news: PlaceNews): Promise<void> {
  const store = await context.store();
  await store.housekeep((tx) => setPlace(tx, place, news));
}

async function checkOn(context: Context, place: number, task: string, ground: Ground): Promise<void> {
  const { subject } = await admit(context, await getTask(await context.store(), task));
  const git = await context.git();
  const merged = await git.previewMerge(ground.commit, subject.location.commit);
  if (!merged.clean) return tell(context, place, withdrawn);
  const under = await writeWouldBe(context, subject, { base: ground.commit, tree: merged.tree });
  const built = { candidate: under.commit, candidate_tree: under.tree };
  context.progress(`checking ${task} meanwhile, as it will be once those ahead of it have landed`);
  await tell(context, place, { state: "checking_ahead", ...built });
  const { run } = await runGate(context, subject, under, { noCache: false });
  await tell(context, place, run.verdict === "pass" ? { state: "ready" } : withdrawn);
}
