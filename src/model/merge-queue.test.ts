import fc from "fast-check";
import { expect, test } from "vitest";
import { agedAfter, inOrder, type LivingPlace, type Precedence, whyAhead } from "./merge-queue.ts";

const at = "2026-01-01T00:00:00.000Z";

function place(number: number, more: Partial<LivingPlace> = {}): LivingPlace {
  return {
    ...{ number, task_id: `SPEC-${number}`, kind: "merge", priority: 2, state: "waiting", fence: null },
    ...{
      overtaken: 0,
      operation: null,
      candidate: null,
      candidate_tree: null,
      actor: "user:ann",
      host: "here",
    },
    ...{ pid: 1, pid_started: "then", enqueued_at: at, progress_at: at, seen_at: at, stopped: false },
    ...more,
  };
}

test.each<[string, LivingPlace, LivingPlace, Precedence]>([
  ["who came earlier", place(1), place(2), "earlier"],
  ["who is more urgent", place(2, { priority: 0 }), place(1), "priority"],
  ["who was overtaken too often", place(1, { overtaken: agedAfter }), place(2, { priority: 0 }), "aged"],
  [
    "of two such, who came earlier",
    place(1, { overtaken: 9, priority: 4 }),
    place(2, { overtaken: 3 }),
    "earlier",
  ],
  ["who has the turn", place(2, { fence: 7, priority: 4 }), place(1, { overtaken: 3, priority: 0 }), "turn"],
  ["who is not stopped", place(2), place(1, { stopped: true, fence: 7 }), "stopped"],
])("%s goes first", (_, first, second, why) => {
  expect(inOrder([second, first])).toEqual([first, second]);
  expect(inOrder([first, second])).toEqual([first, second]);
  expect(whyAhead(first, second)).toBe(why);
});

test("whatever comes, nobody is overtaken more often than allowed, and everybody has a turn", () => {
  // Each step: merges that come, by priority; then one has its turn.
  const arrivals = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), { maxLength: 40 });
  fc.assert(
    fc.property(arrivals, (steps) => {
      let queue: LivingPlace[] = [];
      let [came, served] = [0, 0];
      const serve = (): void => {
        const [first] = inOrder(queue);
        if (!first) return;
        served += 1;
        queue = queue
          .filter((one) => one !== first)
          .map((one) => (one.number < first.number ? { ...one, overtaken: one.overtaken + 1 } : one));
        for (const { overtaken } of queue) expect(overtaken).toBeLessThanOrEqual(agedAfter);
      };
      for (const priorities of steps) {
        queue.push(...priorities.map((priority) => place(++came, { priority })));
        serve();
      }
      while (queue.length > 0) serve();
      expect(served).toBe(came);
    }),
  );
});
