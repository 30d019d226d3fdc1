import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gitCalls, keepWorld, killPoints, runCalm } from "../support/killing-git.ts";
import {
  during,
  everything,
  gitThatFirst,
  leftovers,
  mergeable,
  mergeRecords,
  runsOf,
} from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import { pushingWorld, untouched } from "../support/pushing.ts";
import { program } from "../support/real-calm.ts";

const merge = "worktree merge SPEC-001";

describe.concurrent("merge.push", () => {
  test("pushes each landed merge; without an upstream, or when that does not answer, it stays and is told", async () => {
    const { world, bare, there, here } = await pushingWorld();
    await mergeable(world, "SPEC-001");
    const dry = await world.calm([...merge.split(" "), "--dry-run"]);
    expect(dry.out).toMatch(/^Would check the merge in a clean room and move main, and push it$/m);
    const answer = await operate(world, merge, during(world));
    expect(answer.data["push"], JSON.stringify(answer)).toEqual({ pushed: true, remote: "origin" });
    expect(answer.warnings).toEqual([]);
    expect(there()).toBe(here());

    world.git(["config", "remote.origin.pushurl", join(world.folder, "nowhere")]);
    await mergeable(world, "SPEC-002");
    const unreachable = await operate(world, "worktree merge SPEC-002", during(world));
    expect(unreachable.data["push"]).toEqual({ pushed: false, remote: "origin", reason: "unconfirmed" });
    expect(unreachable.data["passed"]).toBe(true);
    expect(unreachable.warnings).toEqual([
      expect.stringMatching(/^origin may not have the merge: .* Push it: git push origin main$/) as string,
    ]);
    expect(there()).not.toBe(here());

    world.git(["branch", "--unset-upstream", "main"]);
    await mergeable(world, "SPEC-003");
    const alone = await world.calm(["worktree", "merge", "SPEC-003"], during(world));
    expect([alone.exitCode, alone.out, alone.err]).toEqual([
      0,
      expect.stringContaining("\nNot pushed\n") as string,
      expect.stringContaining("git push --set-upstream origin main") as string,
    ]);

    // The next merge that gets through takes the others along.
    world.git(["config", "--unset", "remote.origin.pushurl"]);
    world.git(["push", "--quiet", bare, "main~2:refs/heads/trunk"]);
    world.git(["fetch", "--quiet", "origin"]);
    world.git(["branch", "--quiet", "--set-upstream-to=origin/trunk", "main"]);
    await mergeable(world, "SPEC-004");
    await must(world, "worktree merge SPEC-004", during(world));
    expect(world.git(["rev-parse", "trunk"], bare), "the upstream's own name counts").toBe(here());
    expect(leftovers(world)).toEqual([]);
  });

  test("what the remote declines is taken back, branch, checkout and task; and lands once it is allowed", async () => {
    const { world, there, here, declining, accepting } = await pushingWorld();
    await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n", "src/new/deep": "n\n" });
    world.write("src/b", "mine\n");
    world.write("untracked", "mine\n");
    const before = untouched(world);
    declining(":");
    const answer = await operate(world, merge, during(world));
    expect([answer.exitCode, answer.error?.code, answer.error?.message]).toEqual([
      ...[4, "push_rejected"],
      "origin refuses the merge of SPEC-001 into main: pre-receive hook declined (main is closed)",
    ]);
    expect(answer.error?.details).toMatchObject({ said: ["remote: main is closed"] });
    expect(untouched(world)).toEqual(before);
    expect([leftovers(world), mergeRecords(world)]).toEqual([[], { merges: 0, open: [], e2e: 0, docs: 0 }]);
    expect(phaseOf(world, "SPEC-001")).toBe("INTEGRATE");
    accepting();
    await must(world, merge, during(world));
    expect(there()).toBe(here());
    expect(untouched(world)).toMatchObject({ "src/b": "mine\n", untracked: "mine\n", "src/new/deep": "n\n" });
  });

  test("a remote that moved on after the fetch: the merge is built anew on what it is now", async () => {
    const { world, bare, there, here } = await pushingWorld();
    await mergeable(world, "SPEC-001");
    const theirs = world.git(["commit-tree", "-p", "main", "-m", "theirs", "main^{tree}"]);
    world.git(["push", "--quiet", bare, `${theirs}:refs/heads/theirs`]);
    const racing = gitThatFirst(
      world,
      "push --porcelain",
      `env -u GIT_DIR git -C ${bare} update-ref refs/heads/main ${theirs}`,
    );
    const { env } = during(world);
    const answer = await operate(world, merge, { env: { ...env, ...racing } });
    expect(answer.data["push"], JSON.stringify(answer)).toEqual({ pushed: true, remote: "origin" });
    expect([there(), world.git(["rev-parse", "main^1"])]).toEqual([here(), theirs]);
    expect(world.git(["status", "--porcelain"])).toBe("");
    expect(runsOf(world), "the tree is the same, so its verdict holds").toBe(1);
    expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
  });

  test("declined, but a person has gone on from it: it stays, and what is left is told", async () => {
    const { world, bare, there, here, declining } = await pushingWorld();
    await mergeable(world, "SPEC-001");
    declining("git commit --quiet --allow-empty -m more");
    const onTop = await operate(world, merge, during(world));
    expect(onTop.data["push"], JSON.stringify(onTop)).toEqual({
      ...{ pushed: false, remote: "origin", reason: "rejected" },
    });
    expect(onTop.warnings).toEqual([
      "origin refused the merge (pre-receive hook declined), and it stays on main here: main has moved on. " +
        "Bring both together: git checkout main && git push origin main",
    ]);
    expect(world.git(["log", "-1", "--format=%s"])).toBe("more");
    expect(world.git(["status", "--porcelain"])).toBe("");

    // Moved back, the branch would be somewhere else than where the rebase began.
    await mergeable(world, "SPEC-004");
    declining("GIT_SEQUENCE_EDITOR='sed -i 1ibreak' git rebase --quiet --interactive HEAD~1");
    const rebasing = await operate(world, "worktree merge SPEC-004", during(world));
    expect(rebasing.warnings, JSON.stringify(rebasing)).toEqual([
      expect.stringMatching(/it stays on main here: A git operation .* \(rebase of main\)/) as string,
    ]);
    world.git(["rebase", "--abort"]);
    expect(world.git(["log", "-1", "--format=%s"])).toBe("Merge task SPEC-004: Title of SPEC-004");

    await mergeable(world, "SPEC-002", { "src/a": "changed\n" });
    declining(`echo mine > ${world.repository}/src/a`);
    const edited = await operate(world, "worktree merge SPEC-002", during(world));
    expect(edited.warnings, JSON.stringify(edited)).toEqual([
      expect.stringMatching(
        /it stays on main here: Files in .*repo are in the way of the merge: src\/a/,
      ) as string,
    ]);
    expect(everything(world)["src/a"]).toBe("mine\n");
    expect(world.git(["status", "--porcelain"])).toBe(" M src/a");
    expect([leftovers(world), mergeRecords(world).merges, there() === here()]).toEqual([[], 3, false]);

    const theirs = world.git(["commit-tree", "-p", "main", "-m", "theirs", "main^{tree}"], bare);
    world.git(["update-ref", "refs/heads/main", theirs], bare);
    await mergeable(world, "SPEC-003");
    const { error } = await operate(world, "worktree merge SPEC-003", during(world));
    expect([error?.code, error?.hint]).toEqual([
      "diverged",
      expect.stringContaining("git merge origin/main") as string,
    ]);
    const upstream = async (): Promise<unknown> => {
      const { data } = await operate(world, "doctor");
      const checks = data["checks"] as { check: string; findings: unknown }[];
      return checks.find(({ check }) => check === "upstream")?.findings;
    };
    const command = `git -C ${world.repository} push origin main`;
    expect(await upstream()).toMatchObject([{ state: "warning", command }]);
    world.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    expect(await upstream()).toMatchObject([
      {
        state: "warning",
        message: "nothing is known here of origin/main, where merges of main are pushed",
        command,
      },
    ]);
  });
});

describe("merge.push, killed", () => {
  test("M1: while it pushes: the next command finishes the merge and says what to run", async () => {
    const { world, there, here } = await pushingWorld();
    await mergeable(world, "SPEC-001");
    const env = {
      ...world.env,
      ...during(world).env,
      ...gitThatFirst(world, "push --porcelain", "kill -9 $PPID $$"),
    };
    const killed = spawnSync(process.execPath, [program, ...merge.split(" ")], {
      cwd: world.repository,
      env,
    });
    expect(killed.signal).toBe("SIGKILL");
    const fixed = runCalm(world, "doctor --fix");
    expect(`${fixed.stdout}${fixed.stderr}`).toContain(
      "The push of the merge of SPEC-001 was interrupted; origin may not have it. Push it: git push origin main",
    );
    expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
    expect(mergeRecords(world)).toEqual({ merges: 1, open: [], e2e: 1, docs: 1 });
    expect(there()).not.toBe(here());
  });

  test("M1: while a declined merge is taken back: it is one or the other, and the same command decides", async () => {
    const { world, declining } = await pushingWorld();
    await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n", "src/new": "n\n" });
    world.write("src/b", "mine\n");
    declining(":");
    const before = untouched(world);
    const restore = keepWorld(world);
    expect(runCalm(world, merge).status).toBe(4);
    const calls = gitCalls(world);
    // Only the last calls are about the push and its way back.
    const points = killPoints(14, 5, 3).map(({ call, moment }) => ({ call: calls - 14 + call, moment }));
    for (const point of points) {
      restore();
      const killed = runCalm(world, merge, point);
      const told = `killed ${point.moment} call ${point.call} of ${calls}: ${killed.stderr}`;
      const again = runCalm(world, merge);
      // What had been refused is refused again; what could not be taken back any more has landed.
      const landed = phaseOf(world, "SPEC-001") !== "INTEGRATE";
      expect(again.status, `${told}\n${again.stderr}`).toBe(landed ? 0 : 4);
      const { merges, open } = mergeRecords(world);
      expect([open, leftovers(world)], told).toEqual([[], []]);
      if (!landed) {
        expect([untouched(world), merges], told).toEqual([before, 0]);
      } else {
        expect([phaseOf(world, "SPEC-001"), merges], told).toEqual(["VERIFY", 1]);
        expect(again.stderr, told).toContain("git push origin main");
        expect(world.git(["status", "--porcelain"]), told).toBe(" M src/b");
      }
    }
  }, 600_000);
});
