import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed } from "../support/chosen-seed.ts";
import { Evidence, type Step } from "../support/evidence.ts";

const which = fc.nat(1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("commit" as const),
        what: fc.constantFrom("code", "docs", "outcome", "config", "todo"),
        red: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("edit" as const), red: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("clean" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("redefine" as const),
        marker: fc.constantFrom("one", "two"),
        trusted: fc.boolean(),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("check" as const), noCache: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("run" as const),
        room: fc.constantFrom("worktree" as const, "clean" as const),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("move" as const),
        claim: fc.constantFrom("none" as const, "pass" as const, "fail" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("review" as const), by: which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("trust" as const), revoke: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("other" as const) }) },
    // The usual way on: what is left over is committed, the gate is run, the move is tried.
    { weight: 4, arbitrary: fc.record({ do: fc.constant("proceed" as const) }) },
  ),
  { minLength: 5, maxLength: 9 },
);

const long = process.env["CALM_TEST_LONG"] === "1";

test("no interleaving moves a task without a green run of that very tree by main's definition", async () => {
  const evidence = await Evidence.prepare();
  const moved = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const run = await evidence.begin();
      for (const step of sequence) await run.take(step);
      for (const edge of run.moved) moved.add(edge);
    }),
    {
      numRuns: Number(process.env["RUNS"] ?? (long ? 100 : 12)),
      endOnFailure: true,
      ...chosenSeed,
    },
  );
  // Otherwise the sequences no longer come through any gate, and the invariant holds of nothing.
  expect([...moved]).toContain("IMPLEMENT-CODE_REVIEW");
}, 600_000);
