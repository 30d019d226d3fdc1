import { join } from "node:path";
import { expect, test } from "vitest";
import { runCalm } from "../support/killing-git.ts";
import { during, gitThatFirst, leftovers, mergeable, mergeRecords } from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import { pushingWorld, untouched } from "../support/pushing.ts";

const merge = "worktree merge SPEC-001";

test("the undo of a merge that was pushed is a revert, which is pushed, too", async () => {
  const { world, there, here } = await pushingWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n" });
  await must(world, merge, during(world));
  const merged = there();
  const planned = await world.calm(["undo", "--dry-run"]);
  expect(planned.out).toContain(
    "branch main: a revert, once its checks pass, and pushed, because origin/main has it",
  );
  const undone = await operate(world, "undo --yes", during(world));
  expect(undone.data, JSON.stringify(undone)).toMatchObject({
    branch: { how: "revert", pushes: true },
    push: { pushed: true, remote: "origin" },
  });
  expect([undone.warnings, there()]).toEqual([[], here()]);
  expect([world.git(["rev-parse", "main^"]), phaseOf(world, "SPEC-001")]).toEqual([merged, "INTEGRATE"]);
  // Its branch lands again, and that is pushed as usual; a remote that is away has it at the next push.
  await must(world, merge, during(world));
  expect(there()).toBe(here());
  world.git(["config", "remote.origin.pushurl", join(world.folder, "nowhere")]);
  const alone = await world.calm(["undo", "--yes"], during(world));
  expect([alone.exitCode, alone.out, alone.err]).toEqual([
    0,
    expect.stringContaining("Not pushed to origin, as far as is known"),
    expect.stringMatching(/origin may not have the revert: .* Push it: git push origin main/),
  ]);
  expect([phaseOf(world, "SPEC-001"), there() === here(), leftovers(world)]).toEqual([
    "INTEGRATE",
    false,
    [],
  ]);
});

test("a revert that the remote declines is taken back; one that it has overtaken is built anew", async () => {
  const { world, bare, there, here, declining, accepting } = await pushingWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n" });
  await must(world, merge, during(world));
  world.write("src/b", "mine\n");
  declining(":");
  const [before, records] = [untouched(world), mergeRecords(world)];
  const declined = await operate(world, "undo --yes", during(world));
  expect([declined.exitCode, declined.error?.code, declined.error?.message]).toEqual([
    ...[4, "push_rejected"],
    "origin refuses the revert of SPEC-001 into main: pre-receive hook declined (main is closed)",
  ]);
  expect(declined.error?.hint).toMatch(/^Nothing has moved\. .*; then: calm undo$/);
  expect([untouched(world), mergeRecords(world), leftovers(world)]).toEqual([before, records, []]);
  accepting();
  const theirs = world.git(["commit-tree", "-p", "main", "-m", "theirs", "main^{tree}"]);
  world.git(["push", "--quiet", bare, `${theirs}:refs/heads/theirs`]);
  const script = `env -u GIT_DIR git -C ${bare} update-ref refs/heads/main ${theirs}`;
  const racing = gitThatFirst(world, "push --porcelain", script);
  const undone = await operate(world, "undo --yes", { env: { ...during(world).env, ...racing } });
  expect(undone.data["push"], JSON.stringify(undone)).toEqual({ pushed: true, remote: "origin" });
  expect([there(), world.git(["rev-parse", "main^1"])]).toEqual([here(), theirs]);
  expect([phaseOf(world, "SPEC-001"), world.git(["status", "--porcelain"])]).toEqual([
    "INTEGRATE",
    " M src/b",
  ]);
});

test("M1: an undo that is killed while it pushes is finished by the next command, which says what to run", async () => {
  const { world, there, here } = await pushingWorld();
  await mergeable(world, "SPEC-001");
  expect(runCalm(world, merge).status).toBe(0);
  const shim = gitThatFirst(world, "push --porcelain", "kill -9 $PPID $$");
  expect(runCalm({ ...world, env: { ...world.env, ...shim } }, "undo --yes").signal).toBe("SIGKILL");
  const fixed = runCalm(world, "doctor --fix");
  expect(`${fixed.stdout}${fixed.stderr}`).toContain(
    "The push of the revert of SPEC-001 was interrupted; origin may not have it. Push it: git push origin main",
  );
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world).merges, there() === here()]).toEqual([
    ...["INTEGRATE", 0, false],
  ]);
});
