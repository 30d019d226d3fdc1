import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Duration } from "../../model/config.ts";
import { field } from "../../model/field.ts";
import { shortId } from "../../model/id.ts";
import { HandOff, MachinePart, Session } from "../../model/session.ts";
import { gitIn } from "../../model/shell-quote.ts";
import { commitStaged, type StagedOutcome } from "../../sessions/commit-staged.ts";
import { describeTasks } from "../../sessions/task-states.ts";
import { lookAtWorktrees } from "../../sessions/worktree-look.ts";
import { addSession, setMachinePart } from "../../store/sessions.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";

const input = z.object({
  content: field(HandOff, "The hand-off; usually piped to standard input"),
  continue: field(z._default(z.boolean(), false), "Somebody is to go on with it: calm session resume"),
  auto_commit: field(z._default(z.boolean(), true), "Commit what is staged in calm's worktrees as WIP first"),
  hook_timeout: field(z.prefault(Duration, "1m"), "How long git's hooks may take in each worktree"),
});

const Staged = z.object({
  task: z.string(),
  path: z.string(),
  files: field(z.int(), "How many files were staged"),
  commit: field(z.nullable(z.string()), "The commit that holds them; null = they stay staged"),
  problem: field(z.nullable(z.string()), "Why they stay staged, or what went wrong after the commit"),
});

const Saved = z.extend(z.pick(Session, { id: true, created_at: true, continuation: true }), {
  staged: field(z.array(Staged), "Worktrees in which something was staged"),
  machine_part: field(MachinePart, "The tasks as they were when it was saved"),
});

/** `calm session save` */
export const sessionSave = defineOperation({
  name: "session save",
  summary: "Save a hand-off from standard input, with the state of every open task",
  kind: "saved_session",
  effect: "write",
  examples: [
    'echo "CSV export works; the tests of quoting are still red" | calm session save --continue',
    "calm session save --continue < handoff.md",
    "calm session save --no-auto-commit < handoff.md",
  ],
  input,
  stdin: "content",
  output: Saved,
  run: save,
  text: ({ id, continuation, staged }) =>
    [
      `Saved session: ${id}`,
      ...(continuation === "pending" ? ["Marked for continuation"] : []),
      ...staged.flatMap(({ task, files, commit }) =>
        commit === null ? [] : [`Committed: ${task} ${shortId(commit)} (${plural(files, "staged file")})`],
      ),
    ].join("\n"),
});

async function save(context: Context, wanted: z.output<typeof input>): Promise<z.output<typeof Saved>> {
  const store = await context.store();
  const session = { id: context.newId("S"), created_at: context.now(), content: wanted.content };
  // First of all, so that neither a hook that hangs nor a kill can lose the text.
  await store.write(async (tx) => {
    await addSession(tx, session, wanted.continue);
    const summary = `saved session ${session.id}${wanted.continue ? " for continuation" : ""}`;
    await tx.event({ summary, data: { session: session.id, needs_continuation: wanted.continue } });
  });
  const saving = { session: session.id, timeLimit: wanted.hook_timeout };
  const { looks, outcomes } = wanted.auto_commit
    ? await commitStaged(context, saving)
    : { looks: await lookAtWorktrees(context), outcomes: [] };
  for (const outcome of outcomes) tellProblem(context, outcome);
  const commits = new Map(
    outcomes.flatMap(({ task, commit }) => (commit === undefined ? [] : [[task, commit]])),
  );
  const part = await describeTasks(context, looks, commits);
  // The save itself is an event already; what follows is one where something was committed.
  await store.housekeep(async (tx) => {
    await setMachinePart(tx, session.id, part);
    for (const [task, commit] of commits) {
      const summary = `committed what was staged as WIP ${shortId(commit)}`;
      await tx.event({ task, summary, data: { session: session.id, commit } });
    }
  });
  return {
    ...{ id: session.id, created_at: session.created_at, machine_part: part },
    continuation: wanted.continue ? "pending" : "none",
    staged: outcomes.map((one) => ({ ...one, commit: one.commit ?? null, problem: one.problem ?? null })),
  };
}

function tellProblem(context: Context, { task, path, files, commit, problem }: StagedOutcome): void {
  if (problem === undefined) return;
  const what = `${plural(files, "staged file")} of ${task}`;
  const how =
    commit === undefined
      ? `${what} not committed, because ${problem}`
      : `${what} committed as ${shortId(commit)}, but then: ${problem}`;
  context.warn(`${how}; look there: ${gitIn(path)} status`);
}
