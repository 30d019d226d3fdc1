import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { must, mustByPerson, operate, refused } from "../support/operate.ts";
import { fileAppears, mergeable, mergeConfig, mergeWorld } from "../support/mergeable.ts";
import { begin, storyConfig } from "../support/stories.ts";
import { createWorld, easyConfig, type World } from "../support/world.ts";

const packageOf = (scripts: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ name: "p", version: "1.0.0", scripts })}\n`;

async function shown(world: World, task = ""): Promise<readonly string[]> {
  return (await must(world, `trust ${task} --show`.replace("  ", " ")))["commands"] as readonly string[];
}

const untrusted = (text: RegExp) => [4, "untrusted_commands", text, /calm trust/] as const;

test("what a script starts in turn is approved with it, and so are the scripts of an installation", async () => {
  const scripts = {
    pretest: "node a.js",
    test: "npm run inner && node b.js",
    inner: "node c.js",
    postinstall: "node d.js",
  };
  const world = createWorld({
    "package.json": packageOf(scripts),
    "package-lock.json": "{}\n",
    ".calm/config.yaml": easyConfig,
  });
  expect(await shown(world)).toEqual([
    "setup: npm ci",
    "setup scripts: node d.js",
    expect.stringMatching(/^tests: npm run test {2}\(node a.js; npm run inner && node b.js; node c.js\)$/),
    expect.stringMatching(/^tests_full: npm run test/),
  ]);
  await must(world, "trust --yes");
  for (const changed of [
    { inner: "node evil.js" },
    { postinstall: "node evil.js" },
    { posttest: "node evil.js" },
  ]) {
    world.commit({ "package.json": packageOf({ ...scripts, ...changed }) }, "changed");
    expect((await must(world, "trust --show"))["trusted"], JSON.stringify(changed)).toBe(false);
  }
  world.commit({ "package.json": packageOf(scripts) }, "as it was");
  expect((await must(world, "trust --show"))["trusted"]).toBe(true);
});

test("G14: approvals are listed with who, when and how; what changed since the look is not approved", async () => {
  const world = createWorld();
  const { content_hash: hash } = await must(world, "trust --show");
  const seen = String(hash).slice(0, 12);
  world.commit({ ".calm/config.yaml": `${easyConfig}setup: ["./install"]\n` }, "another setup");
  await refused(world, `trust --yes --exactly ${seen}`, [
    4,
    "untrusted_commands",
    /no longer/,
    "trust --show",
  ]);
  const now = String((await must(world, "trust --show"))["content_hash"]);
  await must(world, `trust --yes --exactly ${now.slice(0, 8)}`);
  const { approvals, trusted } = await must(world, "trust --show");
  expect([trusted, approvals]).toEqual([
    true,
    [expect.objectContaining({ content_hash: now, user: "ann", channel: "non-interactive" })],
  ]);
  expect((await world.calm(["trust", "--show"])).out).toMatch(
    /Approvals that stand:\n {2}\S{12} {2}ann \(non-interactive\)/,
  );
  expect((await must(world, "trust --revoke"))["approvals"]).toEqual([]);
  await refused(world, "trust --revoke --show", [2, "invalid_input", /neither/, "--help"]);
});

test("commands that look alike are not the same, and a line break is no second command", async () => {
  const config = (run: string): string => storyConfig(`tests: { run: ${JSON.stringify(run)}, min_tests: 0 }`);
  const { world } = await begin(config("echo a"));
  world.commit({ ".calm/config.yaml": config("echo a\n  lint: npm run lint") }, "two lines");
  const { message } = await refused(world, "gate check SPEC-001", untrusted(/have not been approved/));
  expect(message.split("\n").filter((line) => line.includes("lint"))).toEqual([
    expect.stringContaining("tests: echo a\\n"),
    expect.stringContaining("tests_full: echo a\\n"),
  ]);
});

test("G14: an approval that is taken back ends the commands that run, and leaves no pass", async () => {
  const { world } = await begin(storyConfig('tests: { run: "touch $AT; sleep 30", min_tests: 0 }'));
  const at = join(world.folder, "at");
  const checking = operate(world, "gate check SPEC-001", { env: { AT: at } });
  await fileAppears(at);
  await must(world, "trust --revoke");
  const { exitCode, error } = await checking;
  expect([exitCode, error?.code, error?.message]).toEqual([
    4,
    "untrusted_commands",
    expect.stringContaining("revoked"),
  ]);
  const sql = "select state, verdict from gate_runs";
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  expect(query(database, sql)).toEqual([{ state: "abandoned", verdict: "fail" }]);
}, 60_000);

test("a merge asks for the scripts of its result, which may be those of neither approval", async () => {
  const config = mergeConfig.replace('"sh ./check.sh"', '"npm run check"');
  const files = { ".calm/config.yaml": config, "package.json": packageOf({ check: "node -e 0" }) };
  const world = await mergeWorld(files);
  await mergeable(world, "SPEC-001");
  // Nobody has approved what main has by now.
  world.commit({ "package.json": packageOf({ check: "echo evil" }) }, "pulled");
  const merge = "worktree merge SPEC-001";
  await mustByPerson(world, "approve SPEC-001 merge", "SPEC-001");
  expect((await operate(world, merge)).error?.code).toBe("untrusted_commands");
  const lines = await shown(world, "SPEC-001");
  expect(lines.filter((line) => line.startsWith("tests:"))).toEqual([
    "tests: npm run check  (node -e 0)",
    "tests: npm run check  (echo evil)",
  ]);
  expect((await must(world, "why SPEC-001"))["steps"]).toEqual(
    expect.arrayContaining([expect.objectContaining({ command: "calm trust SPEC-001 --yes" })]),
  );
  await must(world, "trust SPEC-001 --yes");
  expect((await operate(world, merge)).error?.code).not.toBe("untrusted_commands");
});

test("another project has its own approvals", async () => {
  const world = createWorld();
  await must(world, "trust --yes");
  const other = { ...createWorld(), env: world.env };
  const there = await operate(world, "trust --show", { cwd: other.repository });
  expect(there.data["trusted"]).toBe(false);
});
