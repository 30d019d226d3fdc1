import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { change } from "../support/database.ts";
import { during, leftovers, mergeable, mergeConfig, mergeWorld, runsOf } from "../support/mergeable.ts";
import { must, operate, refused } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const merge = "worktree merge SPEC-001";

/** A clone of the world's repository in which somebody else works, and which is its upstream. */
function withUpstream(world: World): string {
  const upstream = join(world.folder, "upstream");
  world.git(["clone", "--quiet", world.repository, upstream]);
  world.git(["remote", "add", "origin", upstream]);
  world.git(["fetch", "--quiet", "origin"]);
  world.git(["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
  return upstream;
}

describe.concurrent("the upstream of the default branch", () => {
  test("is fetched; where it is ahead the merge is built on it, and main moves once", async () => {
    const world = await mergeWorld();
    const upstream = withUpstream(world);
    await mergeable(world, "SPEC-001");
    const theirs = world.commit({ "src/theirs": "theirs\n" }, "theirs", upstream);
    const answer = await operate(world, merge, during(world));
    expect(answer.exitCode, JSON.stringify(answer)).toBe(0);
    expect(world.git(["rev-parse", "main^1"])).toBe(theirs);
    expect(world.git(["log", "-g", "--format=%gs", "main"]).split("\n")).toHaveLength(2);
    expect(world.git(["status", "--porcelain"])).toBe("");
    expect(world.git(["show", "HEAD:src/theirs"])).toBe("theirs");
    expect(runsOf(world)).toBe(1);
  });

  test("that has diverged is refused with the two commands; unreachable is told and goes on", async () => {
    const world = await mergeWorld();
    const upstream = withUpstream(world);
    await mergeable(world, "SPEC-001");
    world.commit({ "src/theirs": "theirs\n" }, "theirs", upstream);
    world.commit({ "src/ours": "ours\n" }, "ours");
    const diverged = await operate(world, merge, during(world));
    expect([diverged.exitCode, diverged.error?.code]).toEqual([4, "diverged"]);
    expect(diverged.error?.message).toBe("main and origin/main have diverged: 1 here, 1 there");
    expect(diverged.error?.hint).toMatch(
      /git log --oneline.*main\.\.\.origin\/main.*git rebase origin\/main/,
    );
    const error = await refused(world, `${merge} --check-only`, [4, "diverged", /1 here/, "git rebase"]);
    expect(error.details).toMatchObject({ ahead: 1, behind: 1 });
    world.git(["rebase", "--quiet", "origin/main"]);
    rmSync(upstream, { recursive: true });
    const answer = await operate(world, merge, during(world));
    expect(answer.exitCode).toBe(0);
    expect(answer.warnings).toEqual([expect.stringContaining("origin could not be reached") as string]);
    expect(leftovers(world)).toEqual([]);
  });
});

describe.concurrent("the dependencies of the main checkout", () => {
  // Its own file says which lock file it stands for; the setup is configured, so that nothing is downloaded.
  const setup = (command: string) => `${mergeConfig}setup: [${JSON.stringify(command)}]\n`;
  const files = (command: string) => ({
    ".calm/config.yaml": setup(command),
    "package-lock.json": '{ "lockfileVersion": 3 }\n',
    "package.json": "{}\n",
    ".gitignore": "installed\n",
  });
  const changed = { "package-lock.json": '{ "lockfileVersion": 3, "packages": {} }\n' };

  test("are installed when a lock file changed, not with --skip-sync", async () => {
    const world = await mergeWorld(files("echo x >> installed"));
    await mergeable(world, "SPEC-001", { ...changed, "src/x": "x\n" });
    await must(world, `${merge} --skip-sync`, during(world));
    expect(world.git(["status", "--porcelain", "--ignored"])).not.toContain("installed");
    // Interrupted after it had landed: whoever finishes it installs nothing, and says so.
    const reopened = "update journal set state = 'published', ended_at = null, pid = 999999, host = 'here'";
    const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
    change(database, `${reopened} where json_extract(data, '$.kind') = 'merge'`);
    const path = world.repository;
    expect((await operate(world, "doctor --fix")).warnings).toEqual([
      `package-lock.json changed with SPEC-001, whose merge was interrupted; run in ${path}: echo x >> installed`,
    ]);
    expect(world.git(["status", "--porcelain", "--ignored"])).not.toContain("installed");
    await mergeable(world, "SPEC-002", { "package-lock.json": "{}\n" });
    const answer = await operate(world, "worktree merge SPEC-002", during(world));
    expect([answer.exitCode, answer.warnings]).toEqual([0, []]);
    expect(world.git(["status", "--porcelain", "--ignored"])).toContain("!! installed");
  });

  test("are left alone in a dirty checkout, and a failure is a warning; each names the command", async () => {
    const world = await mergeWorld(files("! pwd | grep -q repo$"));
    await mergeable(world, "SPEC-001", changed);
    world.write("README.md", "edited\n");
    const dirty = await operate(world, merge, during(world));
    expect([dirty.exitCode, dirty.data["passed"]]).toEqual([0, true]);
    expect(dirty.warnings).toEqual([
      expect.stringMatching(/has uncommitted changes; run there: ! pwd/) as string,
    ]);
    world.git(["checkout", "--quiet", "README.md"]);
    await mergeable(world, "SPEC-002", { "package-lock.json": "{}\n" });
    const failed = await operate(world, "worktree merge SPEC-002", during(world));
    expect([failed.exitCode, failed.data["passed"]]).toEqual([0, true]);
    expect(failed.warnings).toEqual([
      expect.stringMatching(/setup failed: .*run it again in .*repo: ! pwd/) as string,
    ]);
  });
});
