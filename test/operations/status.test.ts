import { join } from "node:path";
import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { change } from "../support/database.ts";
import { must, mustByPerson, operate, runGate, trivialConfig, trivialWorld } from "../support/operate.ts";
import { createWorld, smallProject, type World } from "../support/world.ts";

const database = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

interface Health {
  readonly state: string;
  readonly issues: readonly { readonly state: string; readonly message: string; readonly command: string }[];
}

async function healthOf(world: World): Promise<Health & { readonly exitCode: number }> {
  const { data, exitCode } = await operate(world, "status health");
  return { ...(data as unknown as Health), exitCode };
}

const commandsOf = ({ issues }: Health): string[] => issues.map(({ command }) => command);

/** Runs the command of an issue as it is printed. */
async function obey(world: World, command: string): Promise<number> {
  expect(command.startsWith("calm ")).toBe(true);
  return (await world.calm(command.slice("calm ".length).split(" "))).exitCode;
}

test("each state of health, and that its commands work", async () => {
  const world = createWorld();
  expect(await healthOf(world)).toMatchObject({ state: "HEALTHY", issues: [], exitCode: 0 });
  for (const id of ["SPEC-1", "SPEC-2"]) {
    await must(world, ["task", "create", id, "Title"]);
    await must(world, ["worktree", "create", id]);
  }
  // One worktree goes with a commit that nothing else has; the task of the other is done.
  const kept = world.commit({ "src/x.js": "x" }, "work", world.worktree("SPEC-1"));
  rmSync(world.worktree("SPEC-1"), { recursive: true });
  change(database(world), "update tasks set phase = 'DONE' where id = 'SPEC-2'");
  await must(world, "counter set merges_since_e2e 12");
  const attention = await healthOf(world);
  expect(attention).toMatchObject({ state: "ATTENTION", exitCode: 1 });
  expect(commandsOf(attention)).toEqual([
    "calm counter reset merges_since_e2e",
    "calm worktree health --fix",
    "calm worktree remove SPEC-2",
  ]);
  const answers: number[] = [];
  for (const command of commandsOf(attention).reverse()) answers.push(await obey(world, command));
  // The branch with the commit stays, which is an issue of its own there.
  expect(answers).toEqual([0, 1, 0]);
  expect(world.git(["rev-parse", "SPEC-1"])).toBe(kept);
  expect(await healthOf(world)).toMatchObject({ state: "HEALTHY" });

  await must(world, "counter set merge_lock 1");
  mkdirSync(join(world.repository, ".git", "rebase-merge"));
  const degraded = await healthOf(world);
  expect(degraded.state).toBe("DEGRADED");
  expect(commandsOf(degraded)).toEqual([
    "calm counter reset merge_lock",
    `git -C ${world.repository} status`,
  ]);
});

test("stuck is what nothing happened to for 7 days, by no write and no worker, unless something blocks it", async () => {
  const world = createWorld();
  for (const id of ["OLD-1", "OLD-2", "OLD-3", "OLD-4"]) await must(world, ["task", "create", id, "Title"]);
  await must(world, "worker start OLD-2 backend");
  await must(world, "task update OLD-3 --blocked-by OLD-4");
  const long = "2025-12-20T00:00:00.000Z";
  change(database(world), `update tasks set updated_at = '${long}'; update events set at = '${long}'`);
  const { tasks } = (await must(world, "status")) as { tasks: { id: string; stuck: boolean }[] };
  expect(tasks.filter(({ stuck }) => stuck).map(({ id }) => id)).toEqual(["OLD-1", "OLD-4"]);
  // The worker falls silent, and with its last sign of life as old as the rest its task is stuck as well.
  change(database(world), `update workers set heartbeat_at = '${long}'`);
  const health = await healthOf(world);
  expect(commandsOf(health)).toContain("calm worker start OLD-2 backend");
  expect(health.issues.map(({ message }) => message)).toContain(
    "nothing has happened for 7 days to OLD-1, OLD-2, OLD-4",
  );
  // Any write brings it back to life.
  await must(world, "task update OLD-1 --priority 1");
  expect((await healthOf(world)).issues.at(-1)?.message).toContain("OLD-2, OLD-4");
});

test("a task that only a person holds up is shown with the person's command, until that person has spoken", async () => {
  const config = trivialConfig.replace("{ approval: none }", "{ reviews: 0 }");
  const world = await trivialWorld(config);
  await must(world, ["task", "create", "SPEC-1", "Title"]);
  await must(world, "worktree create SPEC-1");
  const waiting = async (): Promise<unknown> =>
    ((await must(world, "status")) as { tasks: { waiting: string | null }[] }).tasks[0]?.waiting;
  expect(await waiting()).toBeNull();
  world.commit(
    { "planning_docs/SPEC-1/spec.md": "# Spec\n\nIt subtracts.\n" },
    "spec",
    world.worktree("SPEC-1"),
  );
  await runGate(world, "gate check SPEC-1", true);
  expect(await waiting()).toBe("calm approve SPEC-1 SPEC-DESIGN");
  expect(await must(world, "task list --ready")).toEqual({ tasks: [] });
  expect((await world.calm(["status"])).out).toContain("a person runs: calm approve SPEC-1 SPEC-DESIGN");
  await mustByPerson(world, "approve SPEC-1 SPEC-DESIGN", "SPEC-1");
  expect(await waiting()).toBeNull();
  expect(await must(world, "task list --ready")).toMatchObject({ tasks: [{ id: "SPEC-1" }] });
});

test("one screen holds forty tasks, ten worktrees and six workers; of more tasks each phase shows some", async () => {
  const world = createWorld({ ...smallProject });
  await must(world, ["task", "create", "SPEC-1", "日本語".repeat(60)]);
  const project = ((await must(world, "status"))["project"] as { id: string }).id;
  const row = (id: string, phase: string): string =>
    `('${project}', '${id}', 'A title that is far too long for half a line of it', 'feature', '${phase}', 2, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`;
  const phases = ["SPEC", "DESIGN", "IMPLEMENT", "CODE_REVIEW", "TEST", "INTEGRATE", "VERIFY"];
  const rows = Array.from({ length: 39 }, (_, index) => row(`T-${index}`, phases[index % 7] ?? ""));
  const add = (some: readonly string[]): void => {
    change(
      database(world),
      `insert into tasks (project_id, id, title, type, phase, priority, created_at, updated_at) values ${some.join()}`,
    );
  };
  add(rows);
  const worktrees = Array.from(
    { length: 10 },
    (_, index) => `('${project}', 'T-${index}', '${world.folder}', 'T', 'x', '2026-01-01T00:00:00.000Z')`,
  );
  const workers = Array.from(
    { length: 6 },
    (_, index) =>
      `('${project}', 'W-${index}', 'T-${index}', 'backend', 'active', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`,
  );
  change(
    database(world),
    `insert into worktrees (project_id, task_id, path, branch, base_sha, created_at) values ${worktrees.join()};
     insert into workers (project_id, id, task_id, role, status, started_at, heartbeat_at) values ${workers.join()}`,
  );
  for (const columns of [80, 200]) {
    const { out } = await world.calm(["status"], { columns, tty: true, env: { NO_COLOR: "1" } });
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(50);
    for (let index = 0; index < 39; index++) expect(out).toContain(`T-${index} `);
  }
  add(Array.from({ length: 60 }, (_, index) => row(`M-${index}`, "SPEC")));
  const { tasks, phases: counts } = (await must(world, "status")) as {
    tasks: { phase: string }[];
    phases: { phase: string; count: number }[];
  };
  expect(tasks).toHaveLength(40);
  expect(counts.find(({ phase }) => phase === "SPEC")?.count).toBe(67);
  for (const phase of phases.slice(1))
    expect(tasks.filter((task) => task.phase === phase).length).toBeGreaterThanOrEqual(5);
});

test("a hand-off that waits is shown, and not taken by that", async () => {
  const world = createWorld();
  await must(world, ["task", "create", "SPEC-1", "Title"]);
  const { project } = (await must(world, "status")) as { project: { id: string } };
  const session = (id: string, day: number, wanted: number, resumed: string): string =>
    `insert into sessions values ('${project.id}', '${id}', '2026-01-0${day}T00:00:00.000Z', '\n # Go on with it \nmore', null, ${wanted}, ${resumed}, 'user:ann', null);`;
  change(
    database(world),
    session("S-1", 1, 1, "null") + session("S-2", 2, 1, "'2026-01-03'") + session("S-3", 3, 0, "null"),
  );
  for (let look = 0; look < 2; look++) {
    expect((await must(world, "status"))["pending_handoff"]).toMatchObject({
      id: "S-1",
      first_line: "# Go on with it",
    });
  }
});
