import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { must, operate, putInto } from "../support/operate.ts";
import { createWorld } from "../support/world.ts";

const config = `version: 1
checks:
  tests: { run: 'eval "$DURING"', min_tests: 0 }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;

test.each([
  [
    "a commit that is taken back",
    "git commit -q --allow-empty -m x && git reset -q --hard HEAD~",
    /moved and came back/,
  ],
  [
    "a switch of the branch and back",
    "git switch -q -c other && git switch -q SPEC-1",
    /moved and came back/,
  ],
  [
    "changes put aside and fetched again",
    "echo 1 >> a && git stash -q && git stash pop -q && git checkout -q a",
    /moved and came back/,
  ],
  ["a commit", "git commit -q --allow-empty -m x", /HEAD of .* moved while/],
  ["another branch of the same commit", "git symbolic-ref HEAD refs/heads/main", /is on another branch/],
  ["an edit", "echo 1 >> a", /files changed in .*: a$/],
  ["a staged edit", "echo 1 >> a; git add a", /files changed in .*: a$/],
  [
    "an edit that git is told not to see",
    "git update-index --assume-unchanged a; echo 1 >> a",
    /files changed in .*: a$/,
  ],
  ["a file", "touch new", /files changed in .*: new$/],
  ["an ignored file", "touch ignored", undefined],
  [
    "a branch elsewhere, and what git remembers of files",
    "git branch other; touch a; git status >&2",
    undefined,
  ],
])("G1, G2, G10: a check that leaves %s", async (_, script, reason) => {
  const world = createWorld({ ".calm/config.yaml": config, ".gitignore": "ignored\n", a: "1\n" });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  await must(world, "worktree create SPEC-1");
  world.commit({ b: "1\n" }, "change", world.worktree("SPEC-1"));
  if (script.includes("symbolic-ref")) world.git(["merge", "--quiet", "--ff-only", "SPEC-1"]);
  const { exitCode, data } = await operate(world, "gate check SPEC-1", { env: { DURING: script } });
  if (reason === undefined) {
    expect([exitCode, data["verdict"], data["reason"]]).toEqual([0, "pass", null]);
    return;
  }
  expect([exitCode, data["verdict"]]).toEqual([1, "void"]);
  expect(data["reason"]).toMatch(reason);
  const refused = await operate(world, "task transition SPEC-1 CODE_REVIEW");
  expect(refused.error?.code).toBeDefined();
});

test("G10: what a check writes elsewhere touches neither its own verdict nor calm, and is seen where it lies", async () => {
  const world = createWorld({ ".calm/config.yaml": config, a: "1\n" });
  await must(world, "trust --yes");
  for (const id of ["SPEC-1", "SPEC-2"]) {
    await must(world, `task create ${id} Feature`);
    putInto(world, id, "IMPLEMENT");
    await must(world, `worktree create ${id}`);
    world.commit({ [`of-${id}`]: "1\n" }, "change", world.worktree(id));
  }
  const head = world.git(["rev-parse", "SPEC-1"]);
  const canary = join(world.folder, "canary");
  const [main, other] = [world.repository, world.worktree("SPEC-2")];
  const settings = ["core.fsmonitor", "diff.external", "core.hooksPath", "core.pager"];
  const script = [
    `echo planted >> ${main}/a; echo planted >> ${other}/of-SPEC-2; git branch planted`,
    ...settings.map((key) => `git config ${key} 'touch ${canary}'`),
    // A commit on main past its checkout: no gate has seen it.
    `git update-ref refs/heads/main $(git commit-tree -p main -m planted main^{tree})`,
  ].join("; ");
  const first = await operate(world, "gate check SPEC-1", { env: { DURING: script } });
  expect([first.exitCode, first.data["verdict"]]).toEqual([0, "pass"]);
  expect(first.data["commit_sha"]).toBe(head);
  // The next run stands on what was committed, not on what was planted, and runs nothing of it.
  const second = await operate(world, "gate check SPEC-2", { env: { DURING: "true" } });
  expect([second.exitCode, second.error?.code]).toEqual([4, "dirty_worktree"]);
  await operate(world, "status");
  await operate(world, "worktree health");
  expect(existsSync(canary)).toBe(false);
  expect(readFileSync(join(main, "a"), "utf8")).toBe("1\nplanted\n");
});

test("G1: a worktree that is made after the gate's first look is looked at before anything runs there", async () => {
  const world = createWorld({ ".calm/config.yaml": config, a: "1\n" });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  // The configuration has to be read anew, by a git that takes its time.
  world.commit({ a: "2\n" }, "another tip");
  const [bin, asked, answer] = ["bin", "asked", "answer"].map((name) => join(world.folder, name));
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const wait = `case "$*" in *cat-file*) touch ${asked}; while [ ! -e ${answer} ]; do sleep 0.01; done;; esac`;
  world.write("git", `#!/bin/sh\n${wait}\nexec ${real} "$@"\n`, bin);
  chmodSync(join(bin ?? "", "git"), 0o755);
  const checking = operate(world, "gate check SPEC-1", {
    env: { DURING: "true", PATH: `${bin}:${world.env["PATH"] ?? ""}` },
  });
  await vi.waitFor(() => {
    expect(existsSync(asked ?? "")).toBe(true);
  });
  await must(world, "worktree create SPEC-1");
  world.commit({ b: "1\n" }, "change", world.worktree("SPEC-1"));
  world.write("b", "2\n", world.worktree("SPEC-1"));
  world.write("answer", "", world.folder);
  const { exitCode, error } = await checking;
  expect([exitCode, error?.code]).toEqual([4, "dirty_worktree"]);
});
