import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { begin, storyConfig } from "../support/stories.ts";
import type { World } from "../support/world.ts";

const runs = (world: World): readonly string[] =>
  query<{ verdict: string | null }>(
    join(world.env["CALM_HOME"] ?? "", "metadata.db"),
    "select verdict from gate_runs where ended_at is not null order by id",
  ).map(({ verdict }) => verdict ?? "");

const patient = { timeout: 40_000, interval: 50 };

test("gate check --watch answers once for each commit, waits for what is not committed, and ends on Ctrl-C", async () => {
  const { world, tree } = await begin(storyConfig('tests: { run: "test ! -e red", min_tests: 0 }'));
  world.write("red", "", tree);
  const end = new AbortController();
  const watching = world.calm(["--json", "gate", "check", "SPEC-001", "--watch"], { signal: end.signal });
  let over = false;
  void watching.then(() => (over = true));
  await new Promise((done) => setTimeout(done, 1500));
  expect([runs(world), over]).toEqual([[], false]);
  world.commit({}, "red", tree);
  await expect.poll(() => runs(world), patient).toEqual(["fail"]);
  rmSync(join(tree, "red"));
  world.git(["commit", "--quiet", "--all", "--message", "green"], tree);
  await expect.poll(() => runs(world), patient).toEqual(["fail", "pass"]);
  await new Promise((done) => setTimeout(done, 1500));
  expect(runs(world)).toEqual(["fail", "pass"]);
  end.abort("SIGINT");
  const { exitCode, out, err } = await watching;
  expect(exitCode).toBe(130);
  const documents = out.trimEnd().split("\n");
  const answers = documents.map((line) => JSON.parse(line) as { ok: boolean; data: { passed: boolean } });
  expect(answers.map(({ ok, data }) => [ok, data.passed])).toEqual([
    [true, false],
    [true, true],
  ]);
  expect(err.match(/waiting: not committed in .*: red/g)).toHaveLength(1);
  expect(err).toContain("next: calm why SPEC-001");
});

test("what no commit mends ends a watch with its own exit code", async () => {
  const { world } = await begin(storyConfig('tests: { run: "true", min_tests: 0 }'));
  await world.calm(["trust", "--revoke"]);
  const { exitCode, err } = await world.calm(["gate", "check", "SPEC-001", "--watch"]);
  expect([exitCode, err]).toEqual([4, expect.stringContaining("have not been approved")]);
  expect((await world.calm(["gate", "check", "SPEC-9", "--watch"])).exitCode).toBe(3);
});
