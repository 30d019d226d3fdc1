import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field } from "../../model/field.ts";
import { MachinePart } from "../../model/session.ts";
import { describeTasks } from "../../sessions/task-states.ts";
import { lookAtWorktrees } from "../../sessions/worktree-look.ts";
import { countPendingSessions, findPendingSession, getSession, takeSession } from "../../store/sessions.ts";
import type { Store, Writer } from "../../store/store.ts";
import { defineOperation } from "../operation.ts";
import { describeHandOff, detailsOf, HandOffDetails } from "./describe-hand-off.ts";

const Resumed = z.object({
  passed: field(z.boolean(), "Whether there was a hand-off to resume, and nobody else was faster"),
  session: z.nullable(HandOffDetails),
  tasks_now: field(z.nullable(MachinePart), "The tasks as they are now"),
  waiting: field(z.int(), "How many other hand-offs still wait"),
});

const nothing: z.output<typeof Resumed> = { passed: false, session: null, tasks_now: null, waiting: 0 };

/** `calm session resume` */
export const sessionResume = defineOperation({
  name: "session resume",
  summary: "Take the hand-off that waits, for good: only one of many callers gets it",
  kind: "resumed_session",
  effect: "write",
  examples: ["calm session resume", "calm session resume S-k3m9x2p7qa"],
  input: z.object({
    session: z.optional(field(z.string(), "Session id, or its beginning; default the newest that waits")),
  }),
  positional: ["session"],
  output: Resumed,
  async run(context, input) {
    const store = await context.store();
    const named =
      input.session === undefined ? undefined : (await getSession(store, input.session)).session.id;
    if (named === undefined && !(await findPendingSession(store))) return nothing;
    // Before the hand-off is taken: what takes time, or fails, must not come between taking and giving it.
    const tasksNow = await describeTasks(context, await lookAtWorktrees(context));
    const taken = named === undefined ? await takePending(store) : await takeNamed(context, store, named);
    if (taken === undefined) return nothing;
    return {
      passed: true,
      session: detailsOf(await getSession(store, taken)),
      tasks_now: tasksNow,
      waiting: await countPendingSessions(store),
    };
  },
  text: ({ session, tasks_now: now }, text) =>
    session && now ? describeHandOff(session, text, now) : "No pending handoff.",
  passed: ({ passed }) => passed,
  next: ({ waiting }) => (waiting > 0 ? ["calm session pending"] : []),
});

/** Takes the newest hand-off that waits; undefined when there is none any more, which is no event. */
async function takePending(store: Store): Promise<string | undefined> {
  return store.housekeep(async (tx) => {
    const pending = await findPendingSession(tx);
    return pending && (await take(tx, pending.id)) ? pending.id : undefined;
  });
}

async function takeNamed(context: Context, store: Store, id: string): Promise<string> {
  return store.write(async (tx) => {
    if (await take(tx, id)) return id;
    const { session, resumedBy: by } = await getSession(tx, id);
    const when = session.resumed_at ?? context.now();
    throw new Failure(
      "session_resumed",
      `Session ${id} was resumed at ${when}${by === null ? "" : ` by ${by}`}`,
      {
        hint: `Read it all the same: calm session show ${id}`,
        details: { session: id, resumed_at: when, resumed_by: by },
      },
    );
  });
}

async function take(tx: Writer, id: string): Promise<boolean> {
  if (!(await takeSession(tx, id))) return false;
  await tx.event({ summary: `resumed session ${id}`, data: { session: id } });
  return true;
}
