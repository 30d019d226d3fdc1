import { expect, test } from "vitest";
import { must, operate, putInto, refused } from "../support/operate.ts";
import { samples } from "../support/samples.ts";
import { createWorld, type World } from "../support/world.ts";

const small = (): World => createWorld({ "README.md": "small\n" });
const lines = (...tasks: readonly object[]): { stdin: string } => ({
  stdin: tasks.map((task) => `${JSON.stringify(task)}\n`).join(""),
});
const hostile = "\u001b[2J‮ $(rm) \u2028 ü\n--spec";

async function exported(world: World, flags = ""): Promise<string> {
  const ran = await world.calm(`task export ${flags}`.trim().split(" "));
  expect(ran.exitCode, ran.err).toBe(0);
  return ran.out;
}

test("tasks come out as they went in, blockers first, whatever they say", async () => {
  const world = small();
  await must(world, "task create B Second --spec A --touches src/ --priority 0");
  await must(world, ["task", "create", "A", "First \u001b[2J", "--notes", hostile, "--type", "bug"]);
  await must(world, "task update B --blocked-by A --specialist backend");
  await must(world, "task create C Done");
  await must(world, "task create D Fourth --blocked-by C,B");
  putInto(world, "C", "DONE");
  const text = await exported(world);
  // eslint-disable-next-line no-control-regex -- a terminal must not see them
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u2028]/);
  const ids = text.split("\n").map((line) => /"id":"(\w)"/.exec(line)?.[1]);
  expect(ids).toEqual(["A", "B", "D", undefined]);
  const other = small();
  // Backwards, as another editor leaves it.
  const backwards = `\uFEFF${text.trimEnd().split("\n").reverse().join("\r\n\r\n")}\r\n`;
  expect(await must(other, "task import", { stdin: backwards })).toMatchObject({ restarted: [] });
  const taskOf = async (from: World, id: string): Promise<unknown> => {
    const { title, type, notes, priority, touches, spec_id, blocked_by, specialist } = await must(
      from,
      `task show ${id}`,
    );
    return { title, type, notes, priority, touches, spec_id, blocked_by, specialist };
  };
  for (const id of ["A", "B"]) expect(await taskOf(other, id)).toEqual(await taskOf(world, id));
  expect(await must(other, "task show A")).toMatchObject({
    notes: hostile,
    history: [{ to_phase: "REPORTED" }],
  });
  expect((await must(other, "log --task A"))["events"]).toHaveLength(1);
  // A blocker that is DONE need not come along, an open one must be there.
  expect((await must(other, "task show D"))["blocked_by"]).toEqual(["B"]);
  expect(await exported(other)).toBe(text);
  expect(await exported(world, "--phase done")).toContain('"id":"C"');
  expect((await exported(world, "--include-done --type feature")).match(/"id"/g)).toHaveLength(3);
  const partial = await operate(world, "task export d");
  expect(partial.data).toMatchObject({ tasks: [{ id: "D", blocked_by: ["B"] }] });
  expect(partial.warnings).toEqual([expect.stringMatching(/1 blocker is not exported.*: B$/)]);
});

test("no gate is passed by an import: every task begins in its first phase", async () => {
  const world = small();
  const input = lines(
    { id: "SPEC-1", title: "Far", phase: "verify" },
    { id: "BUG-1", title: "Done", phase: "DONE", spec: "NOPE" },
    { id: "SPEC-2", title: "New", phase: "SPEC", notes: null, priority: null },
  );
  const dry = await operate(world, "task import --dry-run", input);
  expect(dry.data).toMatchObject({ imported: ["SPEC-1", "BUG-1", "SPEC-2"], dry_run: true });
  expect((await must(world, "task list"))["tasks"]).toEqual([]);
  const done = await operate(world, "task import", input);
  expect(done.data["restarted"]).toEqual([
    { id: "SPEC-1", phase: "VERIFY" },
    { id: "BUG-1", phase: "DONE" },
  ]);
  expect(done.warnings).toEqual([
    expect.stringContaining("SPEC-1 (was in VERIFY), BUG-1 (was in DONE)"),
    expect.stringContaining("There is no task NOPE yet"),
  ]);
  const { tasks } = await must(world, "task list");
  expect((tasks as { phase: string }[]).map(({ phase }) => phase)).toEqual(["REPORTED", "SPEC", "SPEC"]);
});

test("one line that cannot be taken keeps all of them out, and is named", async () => {
  const world = small();
  await must(world, "task create OLD Old --spec N1");
  const good = { id: "N1", title: "Good" };
  const cases: readonly (readonly [readonly object[], number, string, RegExp, string?])[] = [
    [[good, { id: "N2" }], 2, "invalid_input", /^Line 2: title is missing$/],
    [
      [good, { id: "N2", title: "t", blockd_by: [] }],
      2,
      "invalid_input",
      /blockd_by is unknown/,
      "blocked_by",
    ],
    [[good, { id: "N2", title: "t", priority: "2" }], 2, "invalid_input", /priority is a number; not "2"/],
    [[good, { id: "N2", title: "a\nb" }], 2, "invalid_input", /title must be one line/],
    [[good, { id: "N2", title: "t", type: "bugg" }], 2, "invalid_input", /type is one of feature, bug/],
    [[good, { id: "N2", title: "t", phase: "TSET" }], 2, "unknown_transition", /phase is one of/, "TEST"],
    [[good, { id: "N2", title: "t", touches: ["../x"] }], 2, "invalid_input", /touches may not leave/],
    [[good, { id: "../x", title: "t" }], 2, "invalid_id", /Line 2: id "..\/x"/],
    [[good, { id: "N2", title: "t", spec: "a b" }], 2, "invalid_id", /Line 2: spec_id/],
    [[good, { id: "n1", title: "t" }], 2, "invalid_input", /Line 2: id n1 is on line 1 already/],
    [[good, { id: "old", title: "t" }], 5, "already_exists", /Line 2: task OLD already exists/],
    [[good, { id: "N2", title: "t", blocked_by: ["ODL"] }], 3, "task_not_found", /Line 2: .*ODL/],
    [
      [
        { ...good, blocked_by: ["N2"] },
        { id: "N2", title: "t", blocked_by: ["n1"] },
      ],
      ...([4, "dependency_cycle", /Line 1: blocked_by: .*N1 → N2 → N1/] as const),
    ],
    [[{ ...good, spec: "OLD" }], 4, "dependency_cycle", /Line 1: spec_id: .*N1 → OLD → N1/],
  ];
  for (const [tasks, exitCode, code, message, near = "calm task import --dry-run"] of cases)
    await refused(world, "task import", [exitCode, code, message, near], lines(...tasks));
  const rubbish: readonly (readonly [string, RegExp])[] = [
    ["nonsense\n", /Line 1: is no JSON/],
    ["[]\n", /Line 1: is no JSON object/],
    ["\n\n", /every line is blank/],
    ["", /--lines is missing/],
  ];
  for (const [stdin, message] of rubbish)
    await refused(world, "task import", [2, "invalid_input", message, "calm task"], { stdin });
  const { details } = await refused(
    world,
    "task import",
    [2, "invalid_input", /and 1 more problem/, "Nothing was imported"],
    { stdin: "x\ny\n" },
  );
  expect(details["problems"]).toMatchObject([{ line: 1 }, { line: 2 }]);
});

test("a long chain of tasks goes in at once, the last first", async () => {
  const world = small();
  const count = samples(500, 2_000, "CALM_TEST_IMPORT");
  const chain = Array.from({ length: count }, (_, index) => ({
    ...{ id: `T-${index}`, title: `Task ${index}` },
    ...(index + 1 < count && { blocked_by: [`T-${index + 1}`] }),
  }));
  expect((await must(world, "task import", lines(...chain)))["imported"]).toHaveLength(count);
  const last = `T-${count - 1}`;
  expect((await must(world, "task list --ready"))["tasks"]).toMatchObject([{ id: last }]);
  expect(JSON.parse((await exported(world)).split("\n")[0] ?? "")).toMatchObject({ id: last });
  await refused(world, `task update ${last} --blocked-by T-0`, [
    4,
    "dependency_cycle",
    /→/,
    "calm task show",
  ]);
});
