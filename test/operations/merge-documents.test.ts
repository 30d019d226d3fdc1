import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { leftovers, mergeRecords, mergeWorld, runsOf } from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";

const land = "worktree merge SPEC-001 --docs";

test("documents land by themselves: no gate, no step, no count; the worktree stays and can land more", async () => {
  const world = await mergeWorld();
  await must(world, ["task", "create", "SPEC-001", "Parent"]);
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  const nothing = await operate(world, land);
  expect([nothing.exitCode, nothing.error?.code]).toEqual([4, "no_documents"]);
  const spec = (text: string): Record<string, string> => ({ "planning_docs/SPEC-001/spec.md": text });
  for (const text of ["# Spec\nfirst\n", "# Spec\nsecond\n"]) {
    const head = world.commit(spec(text), "write", tree);
    const data = await must(world, land);
    expect(data).toMatchObject({
      docs: true,
      passed: true,
      gate_run: null,
      removed: false,
      phase: "SPEC",
      due: [],
    });
    expect(world.git(["show", "main:planning_docs/SPEC-001/spec.md"])).toBe(text.trimEnd());
    expect(world.git(["log", "-1", "--format=%s|%(trailers:key=Calm-Gate-Run)", "main"])).toBe(
      "Merge documents of task SPEC-001: Parent|",
    );
    expect(world.git(["rev-parse", "main^2"])).toBe(head);
  }
  expect([phaseOf(world, "SPEC-001"), runsOf(world)]).toEqual(["SPEC", 0]);
  expect(mergeRecords(world)).toEqual({ merges: 2, open: [], e2e: 0, docs: 0 });
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  expect(query(database, "select distinct kind, gate_run_id from merges")).toEqual([
    { kind: "docs", gate_run_id: null },
  ]);
  expect(existsSync(tree)).toBe(true);
  expect(leftovers(world)).toEqual([]);
  expect(world.git(["status", "--porcelain"])).toBe("");
  expect((await must(world, "doctor"))["passed"]).toBe(true);
  world.commit({ "src/code": "c\n" }, "code", tree);
  const { exitCode, error } = await operate(world, land);
  expect([exitCode, error?.code, error?.details["paths"]]).toEqual([4, "no_documents", ["src/code"]]);
});
