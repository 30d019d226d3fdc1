import { expect, test } from "vitest";
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
