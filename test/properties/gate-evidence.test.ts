import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed, samples } from "../support/samples.ts";
import { Evidence, type Step } from "../support/evidence.ts";

const between: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("commit" as const),
    what: fc.constantFrom("code", "docs", "config"),
    red: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("redefine" as const),
    marker: fc.constantFrom("one", "two"),
    trusted: fc.constant(true),
  }),
  fc.record({
    do: fc.constantFrom("edit" as const, "run" as const),
    red: fc.boolean(),
    room: fc.constant("worktree" as const),
  }),
);
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
    { weight: 2, arbitrary: fc.record({ do: fc.constant("review" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("trust" as const), revoke: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("other" as const) }) },
    // The usual way on: what is left over is committed, the gate is run, the move is tried; or something comes between.
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("proceed" as const),
        between: fc.option(between, { freq: 3, nil: undefined }),
      }),
    },
  ),
  { minLength: 4, maxLength: 7 },
);

test("no interleaving moves a task without a green run of that very tree by main's definition", async () => {
  const evidence = await Evidence.prepare();
  const moved = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const run = await evidence.begin();
      for (const step of sequence) await run.take(step);
      for (const edge of run.moved) moved.add(edge);
    }),
    { numRuns: samples(6, 25), endOnFailure: true, ...chosenSeed },
  );
  // Otherwise the sequences no longer come through any gate, and the invariant holds of nothing.
  expect([...moved]).toContain("IMPLEMENT-CODE_REVIEW");
}, 600_000);
