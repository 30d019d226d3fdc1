import { expect, test } from "vitest";
import { findSuccessor, isRenewalDue, type Lease, leaseEnd, leaseState, renewalPause } from "./lease.ts";
import type { WorkerStatus } from "./worker.ts";

const minute = 60_000;
const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1) + minutes * minute).toISOString();

function lease(change: Partial<Lease> = {}): Lease {
  return {
    ...{ id: "W-1", task_id: "SPEC-1", role: "backend", status: "active", reason: null, ended_at: null },
    ...{ started_at: at(0), heartbeat_at: at(10), fence: 0, ttl_ms: 30 * minute },
    ...change,
  };
}

test("a lease runs from the last sign of life; its last millisecond still counts", () => {
  expect(leaseEnd(lease())).toBe(at(40));
  expect(leaseState(lease(), at(40))).toBe("live");
  expect(leaseState(lease(), new Date(Date.parse(at(40)) + 1).toISOString())).toBe("stale");
  // The clock was set back: that is no silence.
  expect(leaseState(lease(), at(-500))).toBe("live");
});

test("only an active worker is live, and only a stale one is stale", () => {
  const states: Readonly<Record<WorkerStatus, string>> = {
    ...{ active: "live", stale: "stale", completed: "ended", failed: "ended", session_ended: "ended" },
  };
  for (const [status, state] of Object.entries(states)) {
    expect(leaseState(lease({ status: status as WorkerStatus }), at(10))).toBe(state);
  }
});

test("D14: a renewal is due once a minute, ten times as often as a short lease ends, and after a clock was set back", () => {
  expect([renewalPause(30 * minute), renewalPause(minute), renewalPause(15)]).toEqual([
    minute,
    minute / 10,
    2,
  ]);
  expect(isRenewalDue(lease(), at(10.9))).toBe(false);
  expect(isRenewalDue(lease(), at(11))).toBe(true);
  expect(isRenewalDue(lease(), at(5))).toBe(true);
  expect(isRenewalDue(lease({ ttl_ms: minute }), at(10.2))).toBe(true);
});

test("a successor was started in the same role after the worker went stale, and need not be active any more", () => {
  const stale = lease({ status: "stale", ended_at: at(50) });
  const other = (change: Partial<Lease>): Lease => lease({ id: "W-2", started_at: at(50), ...change });
  const findAmong = (...others: Lease[]) => findSuccessor(stale, [stale, ...others])?.id;
  expect(findAmong()).toBeUndefined();
  expect(findAmong(other({ started_at: at(49) }))).toBeUndefined();
  expect(findAmong(other({ role: "qa" }))).toBeUndefined();
  expect(findAmong(other({}))).toBe("W-2");
  expect(findAmong(other({ status: "completed" }), other({ id: "W-3" }))).toBe("W-2");
  // An imported one has no time at which it went stale.
  expect(findSuccessor({ ...stale, ended_at: null }, [other({ started_at: at(10) })])?.id).toBe("W-2");
});
