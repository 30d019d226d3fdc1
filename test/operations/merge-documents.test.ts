import { chmodSync, existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import {
  leftovers,
  mergeConfig,
  mergeRecords,
  mergeWorld,
  putIntoPhase,
  runsOf,
} from "../support/mergeable.ts";
import { must, operate, phaseOf, stateOf } from "../support/operate.ts";

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
  world.git(["reset", "--quiet", "--hard", "HEAD~"], tree);

  // Interrupted after it had moved main: the merge is finished, and what was written since lands as well.
  const reopened = "update journal set state = 'published', ended_at = null, pid = 999999, host = 'here'";
  change(database, `${reopened} where id = (select id from merges order by merged_at desc limit 1)`);
  const third = world.commit(spec("# Spec\nthird\n"), "write on", tree);
  // That the place in the queue cannot be given back does not change what came of it.
  change(database, "create trigger stays before delete on merge_queue begin select raise(abort, 'no'); end");
  const { data, warnings } = await operate(world, land);
  expect(data).toMatchObject({ head: third, joined: false, passed: true });
  expect(warnings).toEqual([expect.stringContaining("is given back only when this process ends")]);
  expect(world.git(["show", "main:planning_docs/SPEC-001/spec.md"])).toBe("# Spec\nthird");
  expect(mergeRecords(world)).toMatchObject({ merges: 3, open: [] });
});

test("--docs lands texts only: no test, program or link, and none that main has moved away", async () => {
  const world = await mergeWorld({
    ".calm/config.yaml": `${mergeConfig}guarded: [kept]\n`,
    "planning_docs/SPEC-001/spec.md": "# Spec\n",
    "planning_docs/SPEC-001/log.txt": "one\ntwo\nthree\nfour\n",
  });
  await must(world, ["task", "create", "SPEC-001", "Parent"]);
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  const folder = join(tree, "planning_docs/SPEC-001");
  world.commit({ "planning_docs/SPEC-001/api-spec.md": "# API\n" }, "a text", tree);
  const refusedFor = async (): Promise<unknown> => {
    const { error } = await operate(world, land);
    return [error?.code, error?.details["paths"]];
  };
  world.commit({ "planning_docs/SPEC-001/x.test.js": "x\n" }, "a test", tree);
  expect(await refusedFor()).toEqual(["no_documents", ["planning_docs/SPEC-001/x.test.js"]]);
  rmSync(join(folder, "x.test.js"));
  symlinkSync("../../src/a", join(folder, "link.md"));
  chmodSync(join(folder, "api-spec.md"), 0o755);
  world.commit({ "planning_docs/SPEC-001/log.txt": "one\ntwo\nthree\nfour\nfive\n" }, "a link", tree);
  expect(await refusedFor()).toEqual([
    "no_documents",
    ["planning_docs/SPEC-001/api-spec.md", "planning_docs/SPEC-001/link.md"],
  ]);
  rmSync(join(folder, "link.md"));
  chmodSync(join(folder, "api-spec.md"), 0o644);
  world.commit({}, "texts", tree);

  world.git(["mv", "planning_docs/SPEC-001/log.txt", "src/log.txt"]);
  world.git(["commit", "--quiet", "-m", "moved"]);
  const before = stateOf(world);
  expect(await refusedFor()).toEqual(["no_documents", ["src/log.txt"]]);
  expect(stateOf(world)).toEqual(before);

  // The same hole, for a whole merge: main has moved the file to where a person guards it.
  world.git(["mv", "src/log.txt", "kept"]);
  world.git(["commit", "--quiet", "-m", "moved on"]);
  putIntoPhase(world, "SPEC-001", "INTEGRATE");
  world.commit({ "changelog.d/SPEC-001.md": "Did it.\n" }, "changelog", tree);
  const guarded = await operate(world, "worktree merge SPEC-001");
  expect([guarded.error?.code, guarded.error?.details["paths"]]).toEqual(["guarded_change", ["kept"]]);
  expect([runsOf(world), mergeRecords(world)]).toMatchObject([0, { merges: 0, open: [] }]);
});
