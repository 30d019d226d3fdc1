import { expect, test } from "vitest";
import { during, mergeable, mergeWorld } from "../support/mergeable.ts";
import {
  must,
  mustByPerson,
  operate,
  phaseOf,
  putInto,
  refused,
  runGate,
  startWorker,
  trivialConfig,
  trivialWorld,
} from "../support/operate.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

const withApproval = trivialConfig.replace("SPEC-DESIGN: { approval: none }", "SPEC-DESIGN: { reviews: 0 }");
const spec = "planning_docs/SPEC-001/spec.md";
const person = (command: string) =>
  [4, "needs_person", /Only a person at a terminal/, `A person runs: ${command}`] as const;

async function specified(): Promise<{ world: World; tree: string }> {
  const world = await trivialWorld(withApproval);
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ [spec]: "# Spec\n\nIt subtracts.\n" }, "spec", tree);
  return { world, tree };
}

test("a transition waits for a person, and for the content that was approved", async () => {
  const { world, tree } = await specified();
  const ran = await runGate(world, "gate check SPEC-001", true);
  const command = "calm approve SPEC-001 SPEC-DESIGN";
  expect(ran.next).toBe(command);
  expect((await must(world, "task show SPEC-001"))["next"]).toBe(command);
  await refused(world, "task transition SPEC-001 DESIGN", [
    4,
    "approval_missing",
    /SPEC-DESIGN of SPEC-001 waits for a person's approval/,
    `A person runs: ${command}. Meanwhile take other work: calm task list --ready`,
  ]);
  const approval = await mustByPerson(world, "approve SPEC-001 SPEC-DESIGN", "SPEC-001");
  expect(approval).toMatchObject({ kind: "approval", channel: "terminal", user: "ann", check: null });
  expect((await must(world, "task show SPEC-001"))["next"]).toBe("calm task transition SPEC-001 DESIGN");
  world.commit({ [spec]: "# Spec\n\nIt divides.\n" }, "other", tree);
  await runGate(world, "gate check SPEC-001", true);
  await refused(world, "task transition SPEC-001 DESIGN", [4, "approval_missing", /waits/, command]);
  world.git(["revert", "--no-edit", "HEAD"], tree);
  await runGate(world, "gate check SPEC-001", true);
  await must(world, "task transition SPEC-001 DESIGN");
});

test("nobody but a person at a terminal approves or overrides", async () => {
  const { world } = await specified();
  const command = "calm approve SPEC-001 SPEC-DESIGN";
  const approve = "approve SPEC-001 SPEC-DESIGN";
  await refused(world, approve, person(command));
  await refused(world, `${approve} --actor user:ann`, person(command));
  await refused(world, `${approve} --yes`, [
    2,
    "invalid_input",
    /Unknown flag: --yes/,
    "calm approve --help",
  ]);
  await refused(world, `${approve} --no-input`, person(command), { tty: true });
  await refused(world, approve, person(command), { tty: true, env: { TERM: "dumb" } });
  await refused(world, approve, person(command), { stdinTty: true, stderrTty: false });
  await refused(world, approve, person(command), { stdin: "SPEC-001\n", stderrTty: true });
  const override = "calm task override SPEC-001 SPEC-DESIGN --reason";
  await refused(world, "task override SPEC-001 SPEC-DESIGN --reason x --actor user:ann", person(override));
  await refused(world, approve, [4, "not_confirmed", /nothing was done/, "Run the command again"], {
    tty: true,
    typed: "yes\r",
  });
  await refused(world, "approve SPEC-001 SPEC-DESGIN", [
    2,
    "unknown_transition",
    /DESGIN/,
    "Did you mean SPEC-DESIGN?",
  ]);
  await must(world, "task create SPEC-002 Other");
  await refused(world, "approve SPEC-002 DESIGN-IMPLEMENT", [
    4,
    "nothing_to_review",
    /no committed document/,
    "calm gate check SPEC-002 DESIGN-IMPLEMENT",
  ]);
  await refused(world, "approve SPEC-001 merge", [
    4,
    "nothing_to_review",
    /no committed change/,
    "calm task show",
  ]);
});

test("an override of one check holds for this content, and is shown", async () => {
  const { world, tree } = await specified();
  putInto(world, "SPEC-001", "IMPLEMENT");
  const line = ["task", "override", "SPEC-001", "IMPLEMENT-CODE_REVIEW", "--check"];
  await refused(
    world,
    [...line, "code_exist", "--reason", "docs"],
    [2, "unknown_check", /code_exist/, "Did you mean code_exists?"],
  );
  await refused(world, [...line, "code_exists"], [2, "invalid_input", /--reason is missing/, "--help"]);
  await refused(
    world,
    [...line, "code_exists", "--reason", " "],
    [2, "invalid_input", /needs a reason/, "--reason"],
  );
  await mustByPerson(world, [...line, "code_exists", "--reason", "docs only"], "SPEC-001");
  const { checks } = await runGate(world, "gate check SPEC-001", true);
  expect(checks["code_exists"]).toMatchObject({ verdict: "overridden" });
  const status = await must(world, "status");
  expect(status["overrides"]).toEqual(["SPEC-001 IMPLEMENT-CODE_REVIEW code_exists by ann: docs only"]);
  const shown = await world.calm(["task", "show", "SPEC-001", "--color", "always"]);
  expect(shown.out).toContain("\u001b[31moverride of IMPLEMENT-CODE_REVIEW code_exists by ann");
  expect((await must(world, "log --task SPEC-001"))["events"]).toContainEqual(
    expect.objectContaining({ summary: "ann overrode code_exists of IMPLEMENT-CODE_REVIEW: docs only" }),
  );
  world.commit({ "notes.md": "more\n" }, "more", tree);
  await refused(world, "task transition SPEC-001 CODE_REVIEW", [
    4,
    "gate_outdated",
    /Run 1 passed/,
    "calm gate check",
  ]);
  const later = await runGate(world, "gate check SPEC-001", false);
  expect(later.checks["code_exists"]?.verdict).toBe("fail");
});

test("an override of the whole gate lets the transition pass without a run", async () => {
  const { world } = await specified();
  await mustByPerson(
    world,
    ["task", "override", "SPEC-001", "SPEC-DESIGN", "--reason", "urgent"],
    "SPEC-001",
  );
  await must(world, "task transition SPEC-001 DESIGN");
  expect(phaseOf(world, "SPEC-001")).toBe("DESIGN");
  const { history } = await must(world, "task show SPEC-001");
  expect((history as unknown[]).at(-1)).toMatchObject({
    ...{ to_phase: "DESIGN", gate_run_id: null, gate_result: null, gate_details: "overridden by a person" },
  });
  await refused(world, "task transition SPEC-001 IMPLEMENT", [
    4,
    "gate_not_run",
    /DESIGN-IMPLEMENT/,
    "calm gate check",
  ]);
});

test("an override at a merge holds for the tree that merging gives: once main moves it is asked for again", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001", { "assert/red": "echo not yet >&2; exit 1\n" });
  const override = [
    "task",
    "override",
    "SPEC-001",
    "INTEGRATE-VERIFY",
    "--check",
    "tests",
    "--reason",
    "known",
  ];
  const merge = async () => operate(world, "worktree merge SPEC-001", during(world));
  const failed = async (): Promise<unknown> => {
    const { exitCode, data } = await merge();
    return [exitCode, (data["failed"] as { check: string; message: string }[])[0]];
  };
  const red = (message: RegExp) => [
    1,
    { check: "tests", message: expect.stringMatching(message) as unknown },
  ];
  expect(await failed()).toEqual(red(/exit code 1(?!.*override)/));
  await mustByPerson(world, override, "SPEC-001");
  world.commit({ "src/meanwhile": "red for another reason\n" }, "meanwhile");
  expect(await failed()).toEqual(red(/a person's override was for other content than this/));
  expect(phaseOf(world, "SPEC-001")).toBe("INTEGRATE");
  await mustByPerson(world, override, "SPEC-001");
  expect((await merge()).data).toMatchObject({ passed: true, phase: "VERIFY" });
  const trailer = "Calm-Override: INTEGRATE-VERIFY tests by ann";
  expect(world.git(["log", "-1", "--format=%B", "main"])).toContain(trailer);
});

test("commands of the repository run only once a person has seen them", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": trivialConfig });
  await must(world, "task create SPEC-001 Subtract");
  putInto(world, "SPEC-001", "IMPLEMENT");
  const tree = (await must(world, "worktree create SPEC-001"))["path"] as string;
  world.commit({ "src/sub.js": "exports.sub = 1;\n" }, "code", tree);
  const untrusted = [
    4,
    "untrusted_commands",
    /not been approved:\n {2}tests: true/,
    "Look at them: calm trust --show",
  ] as const;
  const { details } = await refused(world, "gate check SPEC-001", untrusted);
  expect(details["commands"]).toEqual(["tests: true", "tests_full: true"]);
  expect(await must(world, "trust --show")).toMatchObject({ trusted: false, channel: null, action: "shown" });
  await refused(world, "trust", [4, "needs_yes", /Run them/, "--yes"]);
  await refused(world, "trust --show --revoke", [
    2,
    "invalid_input",
    /goes with neither --show nor/,
    "--help",
  ]);
  expect(await must(world, "trust --yes")).toMatchObject({ trusted: true, channel: "non-interactive" });
  expect((await world.calm(["trust", "--show"])).out).toContain(
    "Commands, approved (non-interactive):\n  tests: true",
  );
  await runGate(world, "gate check SPEC-001", true);
  world.commit({ ".calm/config.yaml": trivialConfig.replace('run: "true"', 'run: "true #"') }, "changed");
  await refused(world, "gate check SPEC-001", [4, "untrusted_commands", /tests: true #/, "calm trust --yes"]);
  await must(world, "trust", { tty: true, typed: "y" });
  expect(await must(world, "trust --show")).toMatchObject({ trusted: true, channel: "terminal" });
  await runGate(world, "gate check SPEC-001", true);
  await must(world, "trust --revoke");
  await refused(world, "gate check SPEC-001", [4, "untrusted_commands", /not been approved/, "calm trust"]);
});

test("a person at the terminal is asked for the commands by the gate itself", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": trivialConfig });
  await must(world, "task create SPEC-001 Subtract");
  putInto(world, "SPEC-001", "IMPLEMENT");
  const tree = (await must(world, "worktree create SPEC-001"))["path"] as string;
  world.commit({ "src/sub.js": "exports.sub = 1;\n" }, "code", tree);
  await refused(world, "gate check SPEC-001", [4, "not_confirmed", /nothing was done/, "again"], {
    tty: true,
    typed: "n",
  });
  const { err } = await operate(world, "gate check SPEC-001", { tty: true, typed: "y" });
  expect(err).toContain("tests: true");
  expect(await must(world, "trust --show")).toMatchObject({ trusted: true, channel: "terminal" });
});

test("a worker is started for a task and a role that exist", async () => {
  const world = await trivialWorld(`${trivialConfig}max_workers: 1\n`);
  await must(world, "task create SPEC-001 Subtract");
  await refused(world, "worker start SPEC-1 reviewer", [
    3,
    "task_not_found",
    /SPEC-1/,
    "Did you mean SPEC-001?",
  ]);
  await refused(world, "worker start SPEC-001 reviewr", [
    3,
    "role_not_found",
    /reviewr/,
    "Did you mean reviewer?",
  ]);
  const one = await startWorker(world, "SPEC-001", "backend");
  expect((await must(world, "task show SPEC-001"))["specialist"]).toBe("backend");
  await refused(world, "worker start SPEC-001 qa", [
    4,
    "too_many_workers",
    /1 workers are active; the project allows 1/,
    `calm worker complete ${one}`,
  ]);
  expect((await must(world, "worker list --status active"))["workers"]).toHaveLength(1);
});
