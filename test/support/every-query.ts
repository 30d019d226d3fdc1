import { ofInputs } from "../../src/model/gate-run.ts";
import { allPhases } from "../../src/model/workflow.ts";
import { addApproval, isApproved, listOverrides } from "../../src/store/approvals.ts";
import {
  addAtticEntry,
  listAtticRecords,
  markRestored,
  nextAtticNumber,
  removeAtticRecord,
} from "../../src/store/attic.ts";
import * as blockers from "../../src/store/blockers.ts";
import * as changedFiles from "../../src/store/changed-files.ts";
import { findLastCall, forgetChanges, listChanges } from "../../src/store/changes.ts";
import * as checkRuns from "../../src/store/check-runs.ts";
import * as underWay from "../../src/store/checks-under-way.ts";
import { collectRows } from "../../src/store/collect-rows.ts";
import * as commandSlots from "../../src/store/command-slots.ts";
import * as counters from "../../src/store/counters.ts";
import { listEvents } from "../../src/store/events.ts";
import * as gateRuns from "../../src/store/gate-runs.ts";
import * as history from "../../src/store/history.ts";
import { listHolders, releaseHeld } from "../../src/store/holders.ts";
import * as journal from "../../src/store/journal.ts";
import * as leases from "../../src/store/leases.ts";
import { hasTakenOver, listLeftovers } from "../../src/store/leftovers.ts";
import * as queue from "../../src/store/merge-queue.ts";
import * as merges from "../../src/store/merges.ts";
import { listOpenTasks } from "../../src/store/open-tasks.ts";
import { addImported } from "../../src/store/original/add-imported.ts";
import { readHere } from "../../src/store/original/here.ts";
import { takeOver } from "../../src/store/original/take-over.ts";
import * as projects from "../../src/store/projects.ts";
import { findChangedSince, netRows, putBack } from "../../src/store/put-back.ts";
import { findRemembered, setRemembered } from "../../src/store/remembered-commits.ts";
import * as reviews from "../../src/store/reviews.ts";
import * as sessions from "../../src/store/sessions.ts";
import * as slots from "../../src/store/slots.ts";
import type { Store, Writer } from "../../src/store/store.ts";
import { ancestorsOf } from "../../src/store/task-ids.ts";
import * as tasks from "../../src/store/tasks.ts";
import * as trust from "../../src/store/trust.ts";
import * as workers from "../../src/store/workers.ts";
import * as worktrees from "../../src/store/worktrees.ts";

const at = "2026-01-01T00:00:00.000Z";
const task = "SPEC-1";
const holder = { pid: 1, started: "1" };

async function refused(work: Promise<unknown>): Promise<void> {
  await work.then(
    () => Promise.reject(new Error("was not refused")),
    () => undefined,
  );
}

/** Makes the store write every query that it has, in every way in which it writes it; on an empty project. */
export async function playEveryQuery(store: Store): Promise<void> {
  for (const play of [
    playProjects,
    playTasks,
    playWork,
    playGates,
    playMachine,
    playMerges,
    playSessions,
    playOriginal,
  ])
    await store.write(async (tx) => {
      await play(tx);
      await tx.event({ task, summary: play.name });
    });
  await playHistory(store);
}

async function playProjects(tx: Writer): Promise<void> {
  const place = { host: "here", common_dir: "/there/.git", root: "/there" };
  await projects.registerProject(tx, "one", place);
  await projects.registerMissing(tx, "one", "here", "/gone");
  await projects.findMissing(tx.db, "here", { root: "/gone" });
  await projects.findMissing(tx.db, "here", { nameOrId: "one" });
  await projects.findRoots(tx.db, "one", "here");
  await projects.forgetCheckout(tx, place);
  await projects.listCheckouts(tx, "here");
  await counters.addCounter(tx, "beans", 1);
  await counters.incrementCounter(tx, "beans");
  await refused(counters.getCounter(tx, "bean"));
  await trust.addTrust(tx, "hash", ["make"], "cli");
  await trust.findTrust(tx, "hash");
  await trust.listTrust(tx);
  await trust.revokeTrust(tx);
}

async function playTasks(tx: Writer): Promise<void> {
  const text = { spec_id: null, specialist: null, notes: null, created_at: at, updated_at: at };
  for (const id of [task, "SPEC-2"]) {
    await tasks.addTask(tx, {
      id,
      title: id,
      type: "feature",
      phase: "SPEC",
      priority: 2,
      touches: ["a"],
      ...text,
    });
  }
  await tasks.setTask(tx, "SPEC-2", { title: "other", spec_id: task, touches: [] });
  await tasks.setPhase(tx, "SPEC-2", "SPEC", "DESIGN");
  await refused(tasks.getTask(tx, "SPEC-3"));
  await tasks.listTasks(tx);
  await tasks.listTasks(tx, {
    phase: "SPEC",
    ids: [task],
    type: "feature",
    spec: task,
    search: "50%",
    limit: 1,
  });
  await tasks.listIds(tx, "SPEC");
  await ancestorsOf(tx, ["SPEC-2"]);
  await blockers.setBlockers(tx, "SPEC-2", [task]);
  await blockers.openBlockers(tx, "SPEC-2");
  await blockers.listBlockedTasks(tx);
  await blockers.listBlockedBy(tx, task);
  await listOpenTasks(tx);
  await history.addTransition(tx, {
    ...{ task_id: task, from_phase: "SPEC", to_phase: "DESIGN", kind: "forward" },
    ...{ gate_run_id: null, gate_result: null, gate_details: null },
  });
  await history.listHistory(tx, task);
}

async function playWork(tx: Writer): Promise<void> {
  const worker = { id: "W-1", task_id: task, role: "dev", status: "active", reason: null } as const;
  await workers.addWorker(
    tx,
    { ...worker, started_at: at, heartbeat_at: at, ended_at: null },
    { ttl: 60_000, startedBy: null },
  );
  await workers.listWorkers(tx, { status: "active", task });
  await workers.listWorkersOfAllProjects(tx, at, { task });
  await workers.listPresentWorkers(tx, at);
  await workers.findStarter(tx, "W-1");
  const lease = await leases.getLease(tx, "W-1");
  await leases.requireNotLost(tx, "W-1", at);
  await leases.renewLease(tx, lease);
  await leases.listSilent(tx, at);
  await leases.markStale(tx, [lease]);
  await leases.reviveWorker(tx, lease, 60_000);
  await workers.endWorker(tx, "W-1", "completed", null);
  const worktree = { task_id: task, path: "/w", branch: task, base_sha: "b", created_at: at };
  await worktrees.addWorktreeRecord(tx, { ...worktree, templates: {}, setup_key: null });
  await worktrees.setWorktreeSetup(tx, task, "key");
  await worktrees.listWorktreeRecords(tx);
  await worktrees.listWorktreePlaces(tx);
  await worktrees.findWorktree(tx, task);
  await changedFiles.setSeenChanges(tx, [{ task, paths: ["a"], seen_at: at }]);
  await changedFiles.listSeenChanges(tx);
  await setRemembered(tx, "a".repeat(40), new Map(Array.from({ length: 101 }, (_, one) => [`${one}`, "1"])));
  await findRemembered(tx, "a".repeat(40));
  await worktrees.removeWorktreeRecord(tx, task);
  const review = {
    task_id: task,
    review_type: "spec",
    result: "approved",
    reviewer: "ann",
    notes: null,
  } as const;
  await reviews.addReview(tx, { ...review, content: "c", commit_sha: "s" });
  await reviews.listReviews(tx, task, "spec");
  await reviews.voidReviews(tx, task, ["spec"], "gone");
  await addApproval(tx, {
    ...{ task_id: task, kind: "override", transition: "SPEC-DESIGN", check: null, content: "c", reason: "r" },
  });
  await isApproved(tx, { id: task, spec_id: null }, "SPEC-DESIGN", "c");
  await listOverrides(tx);
}

async function playGates(tx: Writer): Promise<void> {
  const run = { task_id: task, transition: "SPEC-DESIGN", commit_sha: "c", tree: "t", base_sha: "b" };
  const id = await gateRuns.addGateRun(tx, { ...run, anchor: "a", definition: "d" });
  await gateRuns.listRunningRuns(tx);
  const key = { tree: `t${ofInputs}`, definition: "d", toolchain: "n" };
  const check = {
    gate_run_id: id,
    check: "tests",
    room: "clean",
    verdict: "pass",
    message: "",
    argv: null,
  } as const;
  const rest = { exit_code: 0, signal: null, counts: null, duration_ms: 1, log_path: null, log_sha256: null };
  const more = { cached_from: 1, attempts: null, failures: null, log_bytes: null };
  await checkRuns.addCheckRun(tx, 1, { ...check, ...rest, ...more, ...key });
  await checkRuns.listCheckRuns(tx, id);
  await checkRuns.findVerdict(tx, key, "worktree");
  await checkRuns.addTestRun(
    tx,
    task,
    {
      ...{ check_run_id: null, worktree: null, commit_sha: null, duration_ms: null },
      ...{ total: 1, passed: 1, failed: 0, errors: 0, skipped: 0 },
    },
    [],
  );
  await checkRuns.listTestRuns(tx, task);
  await collectRows(tx, task);
  await gateRuns.endGateRun(tx, id, { state: "finished", verdict: "pass", reason: null });
  await gateRuns.findGateRun(tx, id);
  await gateRuns.listGateRuns(tx, task);
  await gateRuns.findNewestRun(tx, task, "SPEC-DESIGN");
  await gateRuns.findLastRun(tx, task);
  await gateRuns.listPassedTrees(tx, ["SPEC-DESIGN"]);
  await gateRuns.voidGateRuns(tx, task, allPhases);
}

async function playMachine(tx: Writer): Promise<void> {
  const running = () => "running" as const;
  const slot = await slots.takeSlot(tx, 2, running);
  await slots.setSlotKey(tx, slot?.number ?? 0, "key");
  await slots.releaseSlot(tx, slot?.number ?? 0);
  const claim = await commandSlots.claimSlot(tx, 1, running);
  await commandSlots.isSlotFree(tx, "here", claim, 1, running);
  await commandSlots.takeClaimedSlot(tx, claim);
  await commandSlots.releaseCommandSlot(tx, claim);
  const check = { tree: "t", definition: "d", toolchain: "n", room: "clean" } as const;
  await underWay.addUnderWay(tx, [check]);
  await underWay.listUnderWay(tx, "here", running);
  await underWay.removeUnderWay(tx, [{ ...check, ...holder }]);
  await listHolders(tx, "here");
  await releaseHeld(tx, holder);
}

async function playMerges(tx: Writer): Promise<void> {
  const place = await queue.addPlace(tx, { task, kind: "merge" });
  await queue.listPlaces(tx);
  const turn = await queue.giveTurn(tx, place);
  await queue.holdsTurn(tx, turn);
  await queue.renewPlace(tx, place);
  await queue.removePlaces(tx, [place]);
  const commits = { branch: "main", old_sha: "o", head_sha: "h", commit_sha: "c", tree: "t" };
  const merge = {
    id: "M-1",
    task_id: task,
    kind: "merge",
    gate_run_id: null,
    actor: "ann",
    merged_at: at,
  } as const;
  await merges.addMerge(tx, { ...merge, ...commits });
  await merges.findImportedMerge(tx, task);
  await merges.findMerge(tx, task);
  await merges.listMerges(tx);
  await merges.listMergesInto(tx, "main");
  await merges.listRecentMerges(tx, 3);
  await merges.removeMerge(tx, "M-1");
  const entry = { id: "J-1", task, state: "begun", data: {} };
  await journal.openJournal(tx, entry);
  await journal.listOpenJournal(tx);
  await journal.setJournal(tx, "J-1", "done", {}, true);
  await journal.findJournal(tx, "J-1");
  await journal.findCaller(tx, "run");
  await journal.listUndoneMerges(tx);
  const number = await nextAtticNumber(tx, task);
  await addAtticEntry(tx, number, {
    ...{ task_id: task, ref: "refs/a", commit_sha: "c", branch: task, reason: "removed" },
  });
  await listAtticRecords(tx);
  await markRestored(tx, "refs/a");
  await removeAtticRecord(tx, "refs/a");
}

async function playSessions(tx: Writer): Promise<void> {
  await sessions.addSession(tx, { id: "S-1", created_at: at, content: "text" }, true);
  await sessions.setMachinePart(tx, "S-1", { made_at: at, tasks: [] });
  await sessions.listSessions(tx, 5);
  await sessions.findPendingSession(tx);
  await sessions.countPendingSessions(tx);
  await sessions.getSession(tx, "S");
  await sessions.takeSession(tx, "S-1");
}

async function playOriginal(tx: Writer): Promise<void> {
  const counts = {
    total: 1,
    passed: 1,
    failed: 0,
    errors: 0,
    skipped: 0,
    duration_ms: null,
    failed_tests: [],
  };
  const step = { task_id: task, from_phase: "SPEC", to_phase: "DESIGN", kind: "imported" };
  const review = {
    task_id: task,
    review_type: "spec",
    result: "approved",
    reviewer: "x",
    notes: null,
    content: "",
  };
  type Imported = Parameters<typeof addImported>[1];
  const rows = [
    {
      table: "phase_transitions",
      row: {
        ...step,
        gate_run_id: null,
        gate_result: null,
        gate_details: null,
        actor: "x",
        transitioned_at: at,
      },
    },
    {
      table: "reviews",
      row: {
        ...review,
        commit_sha: "",
        recorded_by: "x",
        voided_at: null,
        void_reason: null,
        created_at: at,
      },
    },
    { table: "test_runs", row: { ...counts, task_id: task, worktree: null, commit_sha: null, run_at: at } },
    {
      table: "gate_passes",
      row: { task_id: task, transition: "SPEC-DESIGN", commit_sha: "c", passed_at: at },
    },
    { table: "merge_log", row: { task_id: task, id: "M-2", commit_sha: "c", merged_at: at } },
    { table: "counters", row: { name: "old", value: 4 } },
    {
      table: "sessions",
      row: { id: "S-2", content: "old", created_at: at, needs_continuation: 0, resumed_at: null },
    },
  ] as unknown as readonly Imported[];
  for (const row of rows) await addImported(tx, row);
  await takeOver(tx, [
    {
      ...{ source: "old.db", table: "counters", project: tx.project, fingerprint: "f", outcome: "changed" },
      ...{ reasons: ["why"], raw: { name: "old" }, target: "old", imported: undefined, blockers: [] },
      worktree: undefined,
    },
  ]);
  await listLeftovers(tx, "counters", 5);
  await hasTakenOver(tx);
  await readHere(tx);
}

/** What needs events: the log, and putting back what one of them tells of, which removed, added and changed rows. */
async function playHistory(store: Store): Promise<void> {
  await listEvents(store, { task, since: at, after: 0, limit: 5 });
  await listEvents(store, { limit: 5 });
  await store.forRun("removal").write(async (tx) => {
    await tasks.removeTask(tx, "SPEC-2");
    await counters.addCounter(tx, "new", 1);
    await counters.incrementCounter(tx, "beans");
    await tx.event({ task, summary: "removed" });
  });
  const call = await findLastCall(store);
  const events = call?.events ?? [];
  await findLastCall(store, events);
  const net = await netRows(store, await listChanges(store, events));
  await findChangedSince(store, net);
  await store.write(async (tx) => {
    await putBack(tx, net);
    await forgetChanges(tx, events);
    await tx.event({ task, summary: "put back", undo: "pass_over" });
  });
  await store.write((tx) => tx.event({ summary: "by", undo: { by: "calm undo" } }));
  await store.write((tx) => tx.event({ summary: "instead", undo: { instead: "calm backup list" } }));
}
