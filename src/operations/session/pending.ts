import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { countPendingSessions, findPendingSession, getSession } from "../../store/sessions.ts";
import { defineOperation } from "../operation.ts";
import { describeHandOff, detailsOf, HandOffDetails } from "./describe-hand-off.ts";

/** `calm session pending` */
export const sessionPending = defineOperation({
  name: "session pending",
  summary: "Show the hand-off that waits to be resumed, without taking it",
  kind: "pending_session",
  effect: "read",
  examples: ["calm session pending"],
  input: z.object({}),
  output: z.object({
    session: field(z.nullable(HandOffDetails), "The newest one that waits; null = none does"),
    waiting: field(z.int(), "How many hand-offs wait, this one included"),
  }),
  async run(context) {
    const store = await context.store();
    const pending = await findPendingSession(store);
    if (!pending) return { session: null, waiting: 0 };
    const session = detailsOf(await getSession(store, pending.id));
    return { session, waiting: await countPendingSessions(store) };
  },
  text: ({ session }, text) => (session ? describeHandOff(session, text) : "No pending handoff."),
  next: ({ session, waiting }) => [
    ...(session ? [`calm session resume ${session.id}`] : []),
    ...(waiting > 1 ? ["calm session list"] : []),
  ],
});
