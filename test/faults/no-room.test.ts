import { expect, test } from "vitest";
import { whyNoMounts } from "../support/faults/confine.ts";
import { type Fault, nameOfFault } from "../support/faults/fault.ts";
import { findDisagreements } from "../support/faults/agreement.ts";
import { findLosses } from "../support/faults/memory.ts";
import { victims } from "../support/faults/operations.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { makeProject } from "../support/faults/scene.ts";
import type { Victim } from "../support/faults/victim.ts";
import { stateOf } from "../support/operate.ts";

const project = makeProject();

/** Needs no git, and still must say what is wrong. */
const taskCreate: Pick<Victim, "name" | "argv" | "before"> = {
  name: "task create",
  argv: ["task", "create", "SPEC-009", "Next"],
};

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** An operation meets a fault: it says so, nothing has changed, and once the fault is gone it does its work. */
async function expectRefusal(victim: typeof taskCreate, fault: Fault): Promise<void> {
  const { world, memory } = await (await project).before(victim);
  const before = stateOf(world);
  const told = `${victim.name}, ${nameOfFault(fault)}`;
  const ran = await runToItsEnd(world, ["--json", ...victim.argv], fault);
  expect(ran.out, `${told}: ${ran.err}`).not.toBe("");
  const answer = JSON.parse(ran.out) as Answer;
  expect([ran.exitCode, answer.ok], `${told}: ${ran.out}${ran.err}`).toEqual([8, false]);
  expect(answer.error?.hint, `${told}: ${ran.out}`).toBeTruthy();
  expect(stateOf(world), told).toEqual(before);
  expect(findLosses(world, memory), told).toEqual([]);
  const fixed = await runToItsEnd(world, ["--json", "doctor", "--fix"]);
  expect(findDisagreements(world), `${told}: ${fixed.out}`).toEqual([]);
  const again = await runToItsEnd(world, victim.argv);
  expect(again.exitCode, `${told}: ${again.out}${again.err}`).toBe(0);
}

const all = [taskCreate, ...victims];

test.for(all)("D3: $name where no file may grow", async (victim) => {
  await expectRefusal(victim, { by: "limit", length: 1 });
});

test.for(all)("M5, D3: $name on a full disk", async (victim, { skip }) => {
  const why = whyNoMounts();
  if (why !== undefined) skip(why);
  await expectRefusal(victim, { by: "disk", free: 0 });
});

test.for(all)("$name where calm's home may only be read", async (victim, { skip }) => {
  const why = whyNoMounts();
  if (why !== undefined) skip(why);
  await expectRefusal(victim, { by: "readonly", place: "calm-home" });
});

// What the database has of a hand-off, or of a removal that is taken back, counts; what does not follow is told.
const ofRepository = victims.filter(({ name }) => !/^(backup|session|undo a removal)/.test(name));

test.for(ofRepository)("$name where the repository may only be read", async (victim, { skip }) => {
  const why = whyNoMounts();
  if (why !== undefined) skip(why);
  await expectRefusal(victim, { by: "readonly", place: "repo" });
});
