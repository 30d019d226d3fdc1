import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { databaseOf } from "../support/backups.ts";
import { change } from "../support/database.ts";
import { type Answer, must, operate } from "../support/operate.ts";
import { chosenSeed } from "../support/samples.ts";
import { createWorld } from "../support/world.ts";

const flips = Number(process.env["CALM_TEST_RUNS"] ?? 25);

/** What must be answered; a bug of calm's is no answer. */
const lines = ["task list --include-done", "status", "log", "counter increment merge_lock"];

test("D6: with any bit of the database flipped the commands work, or doctor tells; a backup brings all back", async () => {
  const world = createWorld();
  for (const id of ["SPEC-1", "SPEC-2", "SPEC-3"]) await must(world, `task create ${id} Title`);
  await must(world, "worktree create SPEC-1");
  await must(world, "trust --yes");
  await must(world, "backup create good");
  const path = databaseOf(world);
  change(path, "pragma wal_checkpoint(truncate)");
  const whole = readFileSync(path);
  const spoil = (at: number, bit: number): void => {
    const spoiled = Buffer.from(whole);
    spoiled[at] = (spoiled[at] ?? 0) ^ (1 << bit);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
    writeFileSync(path, spoiled);
    chmodSync(path, 0o600);
  };
  const position = fc.oneof(
    fc.nat(whole.length - 1),
    // Most of the schema is the text of triggers, which SQLite's own checks do not read.
    fc.nat(999).map((at) => whole.indexOf("CREATE TRIGGER") + at),
  );
  await fc.assert(
    fc.asyncProperty(position, fc.nat(7), async (at, bit) => {
      spoil(at, bit);
      const told = (await operate(world, "doctor")).exitCode !== 0;
      const answers: Answer[] = [];
      for (const line of lines) answers.push(await operate(world, line));
      const failed = answers.flatMap(({ error }) => error ?? []);
      if (!told) expect(failed).toEqual([]);
      await operate(world, "doctor --fix");
      await must(world, "backup restore good --yes");
      expect(await operate(world, "doctor")).toMatchObject({ exitCode: 0 });
      await must(world, "counter increment merge_lock");
    }),
    { numRuns: flips, ...chosenSeed },
  );
}, 600_000);
