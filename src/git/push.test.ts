import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function withRemote() {
  const scratch = scratchRepository();
  const { root, folder, env, git } = scratch;
  const bare = join(folder, "bare.git");
  git(["clone", "--quiet", "--bare", ".", bare]);
  git(["remote", "add", "origin", bare]);
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const push = (commit: string, timeout = 30_000, signal = new AbortController().signal) =>
    gateway.push({ remote: "origin", commit, ref: "refs/heads/main", timeout, signal });
  return { ...scratch, bare, gateway, push, there: () => git(["rev-parse", "main"], bare) };
}

const script = (path: string, text: string): void => {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
};

test("a push moves one branch forward, whatever else is configured to go along", async () => {
  const { commit, git, bare, push, there } = withRemote();
  const second = commit("second");
  git(["tag", "--annotate", "-m", "v", "v1"]);
  for (const [key, value] of [
    ["push.followTags", "true"],
    ["push.gpgSign", "true"],
    ["push.recurseSubmodules", "only"],
    ["remote.origin.push", "+refs/*:refs/*"],
  ] as const)
    git(["config", key, value]);
  expect(await push(second)).toEqual({ kind: "accepted" });
  expect(there()).toBe(second);
  expect(git(["tag"], bare)).toBe("");
  expect(await push(second), "again").toEqual({ kind: "accepted" });
});

test("a remote that has moved on, or whose hook declines, refuses for certain and stays as it is", async () => {
  const { commit, git, bare, push, there } = withRemote();
  const first = git(["rev-parse", "HEAD"]);
  const theirs = git(["commit-tree", "-p", first, "-m", "theirs", `${first}^{tree}`], bare);
  git(["update-ref", "refs/heads/main", theirs], bare);
  const mine = commit("mine");
  expect(await push(mine)).toMatchObject({ kind: "rejected", reason: "fetch first" });
  expect(there()).toBe(theirs);
  git(["update-ref", "refs/heads/main", first], bare);
  script(join(bare, "hooks/pre-receive"), "echo main is closed >&2\nexit 1");
  const answer = await push(mine);
  expect(answer).toMatchObject({ kind: "rejected", reason: "pre-receive hook declined" });
  expect(answer).toMatchObject({ said: ["remote: main is closed"] });
  expect(there()).toBe(first);
});

test("M19: a remote that hangs ends at the timeout, one that is gone at once; neither has said anything", async () => {
  const { commit, git, bare, folder, push } = withRemote();
  const note = join(folder, "note");
  script(join(bare, "hooks/pre-receive"), `echo $$ > ${note}\nsleep 60 & wait`);
  const mine = commit("mine");
  const started = Date.now();
  expect(await push(mine, 2500)).toMatchObject({ kind: "unconfirmed", reason: "did not end in time" });
  expect(Date.now() - started).toBeLessThan(15_000);
  // Killed, it may still have to be waited for by its parent.
  if (existsSync(note))
    await expect
      .poll(() => existsSync(`/proc/${readFileSync(note, "utf8").trim()}/cwd`), { timeout: 10_000 })
      .toBe(false);
  const interrupted = await push(mine, 30_000, AbortSignal.timeout(500));
  expect(interrupted).toMatchObject({ kind: "unconfirmed", reason: "interrupted" });
  git(["remote", "set-url", "origin", join(folder, "nowhere")]);
  expect(await push(mine)).toMatchObject({ kind: "unconfirmed" });
});

test("M18: the person's own pre-push hook runs as at their own push, and its no is told in its words", async () => {
  const { commit, git, root, folder, push, there } = withRemote();
  const first = there();
  const seen = join(folder, "seen");
  script(
    join(root, ".git/hooks/pre-push"),
    `cat > ${seen}\npwd >> ${seen}\necho a secret in there >&2\nexit 1`,
  );
  const mine = commit("mine");
  expect(await push(mine)).toMatchObject({ kind: "unconfirmed", reason: "a secret in there" });
  expect(readFileSync(seen, "utf8")).toBe(`${mine} ${mine} refs/heads/main ${first}\n${root}\n`);
  expect(there()).toBe(first);
  git(["config", "core.hooksPath", "/dev/null"]);
  expect(await push(mine)).toEqual({ kind: "accepted" });
});
