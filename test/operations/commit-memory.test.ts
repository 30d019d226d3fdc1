import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query, whileWritten } from "../support/database.ts";
import { must, operate, putInto, runGate, startWorker } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();

/** Environment with a git that is written down, and what was started since the last question. */
function countGits(world: World): {
  readonly env: Record<string, string>;
  since: () => (string | undefined)[];
} {
  const [log, bin] = [join(world.folder, "log"), join(world.folder, "bin")];
  world.write("git", `#!/bin/sh\necho "$*" | sed -E 's/-c [^ ]+ //g' >> ${log}\nexec ${real} "$@"\n`, bin);
  chmodSync(join(bin, "git"), 0o755);
  writeFileSync(log, "");
  return {
    env: { PATH: `${bin}:${world.env["PATH"] ?? ""}` },
    since: () => {
      const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
      writeFileSync(log, "");
      return lines.map((line) => line.split(" ")[0]);
    },
  };
}

const configOf = (name: string): string =>
  `version: 1\nchecks:\n  tests: { run: "true", min_tests: 0 }\n  lint: { none: "${name}" }\n  types: { none: no }\n`;

async function lintOf(world: World): Promise<string | undefined> {
  const { gates } = await must(world, "gate list");
  const checks = (gates as { checks: { check: string; reason?: string }[] }[]).flatMap((gate) => gate.checks);
  return checks.find(({ check }) => check === "lint")?.reason;
}

const database = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

test("what a commit says is read once, whatever happens to its name; without a configuration too", async () => {
  const world = createWorld({ "README.md": "x\n" });
  const { env, since } = countGits(world);
  await must(world, "task create SPEC-1 Feature");
  // Reads how many workers there may be.
  const start = (role: string) => startWorker(world, "SPEC-1", role, { env });
  await start("backend");
  expect(since()).toEqual(["cat-file"]);
  await start("qa");
  expect(since()).toEqual([]);
  world.commit({ ".calm/config.yaml": configOf("one") }, "config");
  await start("frontend");
  expect(since()).toEqual(["cat-file"]);
  await start("reviewer");
  expect(since()).toEqual([]);
  expect(await lintOf(world)).toBe("one");
  // An amended tip is another commit, and so is one that goes back to the same text.
  world.write(".calm/config.yaml", configOf("two"));
  expect(await lintOf(world)).toBe("one");
  world.git(["commit", "-qa", "--amend", "-m", "two"]);
  expect(await lintOf(world)).toBe("two");
  const [two, one] = [world.git(["rev-parse", "HEAD"]), world.git(["rev-parse", "HEAD@{1}"])].map((id) =>
    id.trim(),
  );
  world.git(["reset", "-q", "--hard", one ?? ""]);
  expect(await lintOf(world)).toBe("one");
  // What git would show in a commit's place is not that commit, remembered or not.
  world.git(["replace", one ?? "", two ?? ""]);
  expect(await lintOf(world)).toBe("one");
  change(database(world), "delete from remembered_commits");
  expect(await lintOf(world)).toBe("one");
  // Another calm may understand it otherwise.
  change(database(world), "update remembered_commits set subject = replace(subject, 'unbuilt', '0.0.1')");
  since();
  await start("architect");
  expect(since()).toEqual(["cat-file"]);
});

test("a mistake is never remembered: it is told each time, and mended by the next commit", async () => {
  const world = createWorld({ ".calm/config.yaml": "version: 1\nchekcs: {}\n" });
  for (let time = 0; time < 2; time++) {
    const { error } = await operate(world, "gate list");
    expect([error?.code, error?.message]).toEqual([
      "invalid_config",
      ".calm/config.yaml (main):2: chekcs: is unknown. Did you mean checks?",
    ]);
  }
  world.commit({ ".calm/config.yaml": configOf("mended") }, "mended");
  expect(await lintOf(world)).toBe("mended");
});

test("a gate that is asked for again reads no commit, and is as strict as the first time", async () => {
  const world = createWorld({ ".calm/config.yaml": configOf("none") });
  const { env, since } = countGits(world);
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  await must(world, "worktree create SPEC-1");
  const worktree = world.worktree("SPEC-1");
  world.commit({ "src.js": "1\n", "changelog.d/SPEC-1.md": "What changed.\n" }, "change", worktree);
  const gate = "gate check SPEC-1 --no-cache";
  const first = await runGate(world, gate, true, { env });
  expect(since()).toContain("cat-file");
  const again = await runGate(world, gate, true, { env });
  expect(since()).toEqual(["status", "diff-tree", "diff-tree", "status"]);
  expect(again.checks).toEqual(
    Object.fromEntries(
      Object.entries(first.checks).map(([name, check]) => [name, { ...check, ...rowOf(again, name) }]),
    ),
  );
  const rows = query(
    database(world),
    "select distinct definition, tree, commit_sha, base_sha from gate_runs",
  );
  expect(rows).toHaveLength(1);
  // What has become of another shape is read anew, and no crash.
  for (const shape of ["{}", "[]", "5", '"x"', '{"a":1}', '{"a":["b"]}', '{"checks":[1]}']) {
    change(database(world), `update remembered_commits set content = '${shape}'`);
    expect((await runGate(world, gate, true, { env })).checks["lint"]?.message).toBe("none");
  }
  const spoiled = query(
    database(world),
    "select 1 from remembered_commits where content like '{\"checks\":[1]}'",
  );
  expect(spoiled).toEqual([]);
  // Trust is asked for, whatever is remembered; so is the worktree's own state.
  await must(world, "trust --revoke --yes");
  expect((await operate(world, gate)).error?.code).toBe("untrusted_commands");
  await must(world, "trust --yes");
  world.write("src.js", "2\n", worktree);
  expect((await operate(world, gate)).error?.code).toBe("dirty_worktree");
  // A branch that rewrites its gate changes nothing, and is told so, the second time from memory.
  world.commit({ ".calm/config.yaml": configOf("weak") }, "weaker", worktree);
  for (let time = 0; time < 2; time++) {
    const { warnings, data } = await operate(world, gate);
    expect([data["passed"], warnings[0]]).toEqual([
      true,
      expect.stringContaining("differs on the task's branch"),
    ]);
  }
});

test("whoever reads a new commit does not wait for whoever writes, and remembers it another time", async () => {
  const world = createWorld({ ".calm/config.yaml": configOf("one") });
  await must(world, "task create SPEC-1 Feature");
  const started = Date.now();
  expect(await whileWritten(database(world), () => lintOf(world))).toBe("one");
  expect(Date.now() - started).toBeLessThan(20_000);
  const subjects = () => query(database(world), "select subject from remembered_commits");
  expect(subjects()).toEqual([]);
  expect(await lintOf(world)).toBe("one");
  expect(subjects()).toEqual([{ subject: "config unbuilt" }]);
});

/** What differs between two runs of the same checks. */
function rowOf({ checks }: Awaited<ReturnType<typeof runGate>>, name: string) {
  const { id, gate_run_id, duration_ms, log_path } = checks[name] as unknown as Record<string, unknown>;
  return { id, gate_run_id, duration_ms, log_path };
}
