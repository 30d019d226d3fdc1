import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dump, query } from "../support/database.ts";
import { createWorld, type Ran, type RunOptions, type World } from "../support/world.ts";

/** A feature whose spec is committed and has two approvals. */
async function reviewedSpec(): Promise<World> {
  const world = createWorld();
  const must = async (line: string): Promise<string> => {
    const ran = await world.calm(line.split(" "));
    if (ran.exitCode !== 0) throw new Error(`${line}: ${ran.exitCode}\n${ran.err}`);
    return ran.out.trim();
  };
  await must("task create SPEC-001 Subtract");
  await must("worktree create SPEC-001");
  world.commit(
    { "planning_docs/SPEC-001/spec.md": "# Spec\n\nIt subtracts.\n" },
    "spec",
    world.worktree("SPEC-001"),
  );
  for (const role of ["reviewer", "spec-reviewer"]) {
    const worker = await must(`worker start SPEC-001 ${role}`);
    await must(`review record SPEC-001 spec approved --worker ${worker}`);
  }
  return world;
}

const databaseOf = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

async function ask(world: World, line: string, typed: string, options: RunOptions = {}): Promise<Ran> {
  return world.calm(line.split(" "), { tty: true, typed, ...options });
}

describe("review clear asks at a terminal", () => {
  const voided = (world: World): unknown =>
    query<{ n: number }>(
      databaseOf(world),
      "select count(*) as n from reviews where voided_at is not null",
    )[0]?.n;

  test("y clears, and the answer alone is on stdout", async () => {
    const world = await reviewedSpec();
    const ran = await ask(world, "review clear SPEC-001 spec", "y");
    expect(ran).toMatchObject({ exitCode: 0, out: "Cleared 2 reviews for SPEC-001\n" });
    expect(ran.err).toContain("Void 2 reviews of SPEC-001?");
    expect(voided(world)).toBe(2);
  });

  test("n, Enter, Escape and Ctrl-C leave everything as it is", async () => {
    const world = await reviewedSpec();
    const before = dump(databaseOf(world));
    for (const typed of ["n", "\r", "\x1b", "\x03"]) {
      const ran = await ask(world, "review clear SPEC-001 spec", typed);
      expect(ran).toMatchObject({ exitCode: 4, out: "" });
      expect(ran.err).toContain("Not confirmed; nothing was done");
    }
    expect(dump(databaseOf(world))).toEqual(before);
  });

  test("--yes and --dry-run ask nothing; nobody at the terminal needs --yes", async () => {
    const world = await reviewedSpec();
    const refused = await world.calm(["review", "clear", "SPEC-001", "spec"]);
    expect(refused).toMatchObject({ exitCode: 4, out: "" });
    expect(refused.err).toContain("hint: Say yes in advance: calm review clear SPEC-001 spec --yes");
    for (const options of [
      { tty: true, stdinTty: false },
      { tty: true, stderrTty: false },
      { tty: true, env: { TERM: "dumb" } },
    ]) {
      expect(await world.calm(["review", "clear", "SPEC-001", "spec"], options)).toMatchObject({
        exitCode: 4,
      });
    }
    expect(await world.calm(["--no-input", "review", "clear", "SPEC-001"], { tty: true })).toMatchObject({
      exitCode: 4,
    });
    expect(
      (await world.calm(["review", "clear", "SPEC-001", "spec", "--dry-run"], { tty: true })).out,
    ).toContain("Would clear 2");
    expect(voided(world)).toBe(0);
    const done = await world.calm(["review", "clear", "SPEC-001", "spec", "--yes"], {
      tty: true,
      env: { NO_COLOR: "1" },
    });
    expect(done).toMatchObject({ exitCode: 0, err: "" });
  });
});

describe("approve asks a person to type the task's id", () => {
  const approvals = (world: World): unknown =>
    query(databaseOf(world), "select task_id, transition, channel, user from approvals");

  test("the right word is an approval, by the user, through the terminal", async () => {
    const world = await reviewedSpec();
    const ran = await ask(world, "approve SPEC-001 SPEC-DESIGN", "SPEC-001\r");
    expect(ran).toMatchObject({ exitCode: 0, out: "Approved SPEC-DESIGN of SPEC-001\n" });
    expect(approvals(world)).toEqual([
      { task_id: "SPEC-001", transition: "SPEC-DESIGN", channel: "terminal", user: "ann" },
    ]);
    const [event] = query<{ actor: string; channel: string }>(
      databaseOf(world),
      "select actor, channel from events order by seq desc limit 1",
    );
    expect(event).toEqual({ actor: "user:ann", channel: "terminal" });
  });

  test("a terminal that does not know its width gets whole words", async () => {
    const world = await reviewedSpec();
    const ran = await ask(world, "approve SPEC-001 SPEC-DESIGN", "SPEC-001\r", { columns: 0 });
    expect(ran.err).toContain("Approve SPEC-DESIGN of SPEC-001");
  });

  test("another word, no word and Ctrl-C are none", async () => {
    const world = await reviewedSpec();
    const before = dump(databaseOf(world));
    for (const typed of ["spec-001\r", "yes\r", "\r", "SPEC-001\x03"]) {
      const ran = await ask(world, "approve SPEC-001 SPEC-DESIGN", typed);
      expect(ran).toMatchObject({ exitCode: 4, out: "" });
      expect(ran.err).toContain("Not confirmed");
    }
    expect(dump(databaseOf(world))).toEqual(before);
  });

  test("no flag, variable or pipe stands in for the person", async () => {
    const world = await reviewedSpec();
    const lines: readonly (readonly [string, RunOptions, number])[] = [
      ["approve SPEC-001 SPEC-DESIGN", {}, 4],
      ["approve SPEC-001 SPEC-DESIGN", { stdin: "SPEC-001\n" }, 4],
      ["approve SPEC-001 SPEC-DESIGN", { tty: true, stdinTty: false, stdin: "SPEC-001\n" }, 4],
      ["--actor user:ann approve SPEC-001 SPEC-DESIGN", { env: { CALM_ACTOR: "user:ann" } }, 4],
      ["--no-input approve SPEC-001 SPEC-DESIGN", { tty: true }, 4],
      ["approve SPEC-001 SPEC-DESIGN --yes", { tty: true }, 2],
      ["approve SPEC-001 SPEC-DESIGN --force", { tty: true }, 2],
      ["task override SPEC-001 SPEC-DESIGN --reason because", {}, 4],
    ];
    for (const [line, options, exitCode] of lines) {
      const ran = await world.calm(line.split(" "), options);
      expect({ line, exitCode: ran.exitCode, out: ran.out }).toEqual({ line, exitCode, out: "" });
      if (exitCode === 4)
        expect(ran.err).toMatch(/A person runs: calm (approve|task override) SPEC-001 SPEC-DESIGN/);
    }
    expect(approvals(world)).toEqual([]);
  });
});

describe("colours", () => {
  const colored = (text: string): boolean => text.includes("\x1b[");

  test.each<[string, readonly string[], RunOptions, boolean, boolean]>([
    ["a pipe", [], {}, false, false],
    ["a terminal", [], { tty: true }, true, true],
    ["a terminal whose stdout is piped", [], { tty: true, stdoutTty: false }, false, true],
    ["a terminal with NO_COLOR", [], { tty: true, env: { NO_COLOR: "1" } }, false, false],
    ["a terminal with an empty NO_COLOR", [], { tty: true, env: { NO_COLOR: "" } }, true, true],
    ["a dumb terminal", [], { tty: true, env: { TERM: "dumb" } }, false, false],
    ["a terminal of CI", [], { tty: true, env: { CI: "true" } }, false, false],
    ["a pipe with FORCE_COLOR", [], { env: { FORCE_COLOR: "1" } }, true, true],
    ["a terminal with FORCE_COLOR=0", [], { tty: true, env: { FORCE_COLOR: "0" } }, false, false],
    [
      "a pipe with --color always, against NO_COLOR",
      ["--color", "always"],
      { env: { NO_COLOR: "1" } },
      true,
      true,
    ],
    [
      "a terminal with --color never, against FORCE_COLOR",
      ["--color=never"],
      { tty: true, env: { FORCE_COLOR: "1" } },
      false,
      false,
    ],
  ])("on %s", async (_, flags, options, out, err) => {
    const world = createWorld();
    await world.calm(["task", "create", "SPEC-001", "One"]);
    for (const line of ["status", "task list", "task show SPEC-001"]) {
      expect(colored((await world.calm([...line.split(" "), ...flags], options)).out)).toBe(out);
    }
    expect(colored((await world.calm(["task", "show", "SPEC-9", ...flags], options)).err)).toBe(err);
    // A document is for machines.
    expect(colored((await world.calm(["status", "--json", ...flags], options)).out)).toBe(false);
  });
});
