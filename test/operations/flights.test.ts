import { expect, test } from "vitest";
import { createFlights } from "../../src/checks/flights.ts";
import { findHome } from "../../src/create-context.ts";
import type { ProcessState } from "../../src/system/process-identity.ts";
import { query } from "../support/database.ts";
import { openStore } from "../support/open-store.ts";

const check = { tree: "t", definition: "d", toolchain: "n", room: "worktree" } as const;

/** Flights in a project where process 9 has the check under way; each look at that one finds the next state. */
async function flightsBeside(states: ProcessState[]) {
  const [store, path] = await openStore();
  const other = "'here', 't', 'd', 'n', 'worktree', 9, '9', '2026-01-01T00:00:00.000Z'";
  query(path, `insert into checks_under_way values ('P-one', ${other}) returning pid`);
  const told: string[] = [];
  const flights = createFlights(
    {
      ...{ env: {}, home: findHome({ CALM_HOME: path }), host: "here", signal: new AbortController().signal },
      progress: (message) => told.push(message),
      storeBeyondLease: () => Promise.resolve(store),
    },
    () => states.shift() ?? "gone",
  );
  return { flights, told, holders: () => query(path, "select pid from checks_under_way") };
}

test("who dies while it is looked at is waited for, and then no more; its note goes with it", async () => {
  const { flights, told, holders } = await flightsBeside(["running", "gone"]);
  expect(await flights.take([check], true)).toBe(false);
  expect(told).toEqual(["the same check is under way in process 9; waiting for its verdict"]);
  expect(await flights.take([check], true)).toBe(true);
  expect(holders()).toEqual([{ pid: 1 }]);
  await flights.end();
  expect(holders()).toEqual([]);
});

test("a dead one is not waited for; what a stopped one holds stays its own", async () => {
  const beside = await flightsBeside(["gone"]);
  expect(await beside.flights.take([check], true)).toBe(true);
  expect(beside.holders()).toEqual([{ pid: 1 }]);
  const stopped = await flightsBeside(["stopped", "stopped"]);
  expect(await stopped.flights.take([check], true)).toBe(true);
  await stopped.flights.end();
  expect(stopped.holders()).toEqual([{ pid: 9 }]);
  expect([...beside.told, ...stopped.told]).toEqual([]);
});
