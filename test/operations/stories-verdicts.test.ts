import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { must, mustByPerson, operate, phaseOf, putInto, refused, runGate } from "../support/operate.ts";
import { fileAppears } from "../support/mergeable.ts";
import { realCalm, startCalm } from "../support/real-calm.ts";
import { long } from "../support/samples.ts";
import { addTask, begin, staysShut, storyConfig } from "../support/stories.ts";
import type { World } from "../support/world.ts";

// The second half of the stories of gates that lie: verdicts that were lost, misplaced or never earned.

const green = 'tests: { run: "true", min_tests: 0 }';
const check = "gate check SPEC-001";
const database = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

long.concurrent("A13, G7: a gate that dies leaves a row that says so, and no pass", async () => {
  // An id of its own: what a killed run left is found by it, on the whole machine.
  const { world } = await begin(
    storyConfig('tests: { run: "touch $AT; kill -9 $$", min_tests: 0 }'),
    {},
    undefined,
    async ({ repository, env }) => realCalm(["init"], { cwd: repository, env }),
  );
  const at = join(world.folder, "at");
  const env = { AT: at };
  // Its command is killed.
  const { checks } = await runGate(world, check, false, { env });
  expect(checks["tests"]?.message).toContain("was killed by SIGKILL");
  await staysShut(world);
  // Calm itself is killed.
  world.commit({ ".calm/config.yaml": storyConfig('tests: { run: "touch $AT; sleep 600" }') }, "slow");
  await must(world, "trust --yes");
  rmSync(at);
  const place = { cwd: world.repository, env: { ...world.env, ...env } };
  const { child, ended } = startCalm(["gate", "check", "SPEC-001"], place);
  await fileAppears(at);
  child.kill("SIGKILL");
  await ended;
  await staysShut(world);
  const newest = "select state, verdict from gate_runs order by id desc limit 1";
  expect(query(database(world), newest)).toEqual([{ state: "running", verdict: null }]);
  await realCalm(["doctor", "--fix"], place);
  expect(query(database(world), newest)).toEqual([{ state: "interrupted", verdict: "fail" }]);
  await staysShut(world);
});

test.concurrent("A14 an ordinary failure is told as what it is, and nothing else is recorded", async () => {
  const { world } = await begin(storyConfig('tests: { run: "echo one broke; exit 3", min_tests: 0 }'));
  const { checks, run } = await runGate(world, check, false);
  expect(checks["tests"]).toMatchObject({ verdict: "fail", exit_code: 3, signal: null });
  expect(checks["tests"]?.message).toMatch(/ended with exit code 3.*one broke/s);
  expect(await must(world, `gate log ${run}`)).toMatchObject({
    state: "finished",
    verdict: "fail",
    reason: null,
  });
  expect(query(database(world), "select id from phase_transitions where to_phase = 'CODE_REVIEW'")).toEqual(
    [],
  );
});

long.concurrent(
  "A15 a task of shell, or of documents alone, has a way through its gate, and it is seen",
  async () => {
    const config = storyConfig('tests: { run: "sh test/all.sh", min_tests: 0 }');
    const { world } = await begin(
      config,
      { "test/all.sh": "sh run.sh\n", "run.sh": "exit 0\n" },
      { "run.sh": "exit 0 # now\n" },
    );
    await runGate(world, check, true);
    await addTask(world, "SPEC-002", { "docs/how.md": "# How\n" });
    await runGate(world, "gate check SPEC-002", false);
    const override = "task override SPEC-002 IMPLEMENT-CODE_REVIEW --check code_exists --reason documents";
    await refused(world, override, [4, "needs_person", /person/, "A person runs"]);
    await mustByPerson(world, override, "SPEC-002");
    const { checks } = await runGate(world, "gate check SPEC-002", true);
    expect(checks["code_exists"]).toMatchObject({ verdict: "overridden" });
    expect(checks["code_exists"]?.message).toContain("Overridden by a person");
  },
);

test.concurrent("A16 the gate and the transition go by the same folders", async () => {
  const folders = (list: string): string => storyConfig(green, `implementation_dirs: [${list}]`);
  const { world } = await begin(folders('"lib/"'));
  const missed = await runGate(world, check, false);
  expect(missed.checks["code_exists"]?.message).toContain("No code changed in lib/ or tests");
  await staysShut(world);
  world.commit({ ".calm/config.yaml": folders('"src/"') }, "src it is");
  await runGate(world, check, true);
  world.commit({ ".calm/config.yaml": folders('"lib/"') }, "lib again");
  await staysShut(world, "gate_redefined");
  world.commit({ ".calm/config.yaml": folders('"src/"') }, "src again");
  await must(world, "task transition SPEC-001 CODE_REVIEW");
});

test.concurrent("A17 a gate is defined by the default branch, not by the copy in the worktree", async () => {
  const { world, tree } = await begin(storyConfig(green));
  // Main is stricter by now; the worktree still has the old definition.
  world.commit({ ".calm/config.yaml": storyConfig('tests: { run: "false", min_tests: 0 }') }, "stricter");
  await must(world, "trust --yes");
  await runGate(world, check, false);
  // And the branch's own words do not count.
  world.commit({ ".calm/config.yaml": storyConfig(`${green}\nlint: { none: "I say so" }`) }, "weaker", tree);
  const { exitCode, warnings } = await operate(world, check);
  expect([exitCode, warnings.join()]).toEqual([1, expect.stringContaining("gates read the one on main")]);
  await staysShut(world);
});

test.concurrent("A18 what was on main already blocks no task", async () => {
  const debt = "// TODO one day\n<<<<<<< old\n=======\n>>>>>>> new\n";
  const { world, tree } = await begin(storyConfig(green), { "src/debt.js": debt });
  await runGate(world, check, true);
  world.commit({ "src/debt.js": `${debt}// FIXME mine\n` }, "more of it", tree);
  const { checks } = await runGate(world, check, false);
  expect(checks["no_todos"]?.message).toContain("src/debt.js:5");
  expect(checks["no_todos"]?.message).not.toContain("src/debt.js:1");
});

test.concurrent("A19 a leftover debug file is named, or is not there at all", async () => {
  const lint = 'lint: { run: "test -z \\"$(ls | grep debug)\\"" }';
  const { world, tree } = await begin(storyConfig(`${green}\n${lint}`), { ".gitignore": "debug.log\n" });
  world.write("debug.js", "console.log(1)\n", tree);
  await refused(world, check, [4, "dirty_worktree", /debug.js/, "git -C"]);
  rmSync(join(tree, "debug.js"));
  world.write("debug.log", "x", tree);
  expect((await operate(world, "gate run SPEC-001 lint")).exitCode).toBe(1);
  expect((await operate(world, "gate run SPEC-001 lint --room clean")).exitCode).toBe(0);
});

interface Evidence {
  readonly task_id: string;
  readonly from_phase: string;
  readonly to_phase: string;
  readonly kind: string;
  readonly transition: string | null;
  readonly state: string | null;
  readonly verdict: string | null;
}

/** What calm wrote down of moves and of passes, which must bear each other out. */
function requireEvidence(world: World): void {
  const moves = query<Evidence>(
    database(world),
    `select t.task_id, t.from_phase, t.to_phase, t.kind, r.transition, r.state, r.verdict
       from phase_transitions t
       left join gate_runs r on r.project_id = t.project_id and r.id = t.gate_run_id and r.task_id = t.task_id
      where t.from_phase != '' order by t.id`,
  );
  expect(moves.length).toBeGreaterThan(0);
  for (const move of moves.filter(({ kind }) => kind !== "attempt" && kind !== "back")) {
    const edge = `${move.from_phase}-${move.to_phase}`;
    const ends = move.to_phase === "DONE" && move.from_phase === "MERGED";
    if (ends) continue; // the merge goes on to DONE by itself
    expect(move, edge).toMatchObject({ transition: edge, state: "finished", verdict: "pass" });
  }
  const passes = query<{ id: number; tree: string; green: number; bad: number }>(
    database(world),
    `select r.id, r.tree,
            sum(c.verdict = 'pass' and c.tree = r.tree) as green,
            sum(c.verdict = 'fail' or (c.argv is not null and c.exit_code != 0)) as bad
       from gate_runs r join check_runs c on c.project_id = r.project_id and c.gate_run_id = r.id
      where r.verdict = 'pass' group by r.id`,
  );
  const all = query<{ id: number }>(database(world), "select id from gate_runs where verdict = 'pass'");
  expect(passes.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  for (const { id, green: held, bad } of passes) expect([held > 0, bad], `run ${id}`).toEqual([true, 0]);
  const done = query<{ id: string; last: string }>(
    database(world),
    `select t.id, (select to_phase from phase_transitions p where p.task_id = t.id and p.kind != 'attempt'
       order by p.id desc limit 1) as last from tasks t where t.phase = 'DONE'`,
  );
  expect(done.length).toBeGreaterThan(0);
  for (const { last } of done) expect(last).toBe("DONE");
}

test.concurrent("A20 no move without its pass, no pass without its green run, no DONE without its history", async () => {
  const gates = `gates:
  SPEC-DESIGN: { approval: none, reviews: 0 }
  DESIGN-IMPLEMENT: { approval: none, reviews: 0 }
  CODE_REVIEW-TEST: { reviews: 0 }
  INTEGRATE-VERIFY: { reviews: 0 }`;
  const { world } = await begin(storyConfig('tests: { run: "test ! -e red", min_tests: 0 }', gates));
  putInto(world, "SPEC-001", "SPEC");
  const tree = world.worktree("SPEC-001");
  const documents = {
    "planning_docs/SPEC-001/spec.md": "# Spec\n\nIt is so.\n",
    "planning_docs/SPEC-001/proposal.md": "# Proposal\n\nSo.\n",
    "changelog.d/SPEC-001.md": "Did it.\n",
  };
  world.commit({ ...documents, red: "" }, "documents, and red", tree);
  for (const to of ["DESIGN", "IMPLEMENT"]) {
    await runGate(world, check, true);
    await must(world, `task transition SPEC-001 ${to}`);
  }
  await runGate(world, check, false);
  await staysShut(world);
  await must(world, ["task", "transition", "SPEC-001", "CODE_REVIEW", "--gate-result", "fail"]);
  rmSync(join(tree, "red"));
  world.commit({}, "green", tree);
  for (const to of ["CODE_REVIEW", "TEST", "INTEGRATE"]) {
    await runGate(world, check, true);
    await must(world, `task transition SPEC-001 ${to}`);
    if (to === "TEST") {
      await must(world, ["task", "transition", "SPEC-001", "IMPLEMENT", "--back", "--reason", "again"]);
      for (const again of ["CODE_REVIEW", "TEST"]) {
        await runGate(world, check, true);
        await must(world, `task transition SPEC-001 ${again}`);
      }
    }
  }
  await must(world, "worktree merge SPEC-001");
  await runGate(world, check, true);
  await must(world, "task transition SPEC-001 DONE");
  expect(phaseOf(world, "SPEC-001")).toBe("DONE");
  expect(existsSync(tree)).toBe(false);
  requireEvidence(world);
});
