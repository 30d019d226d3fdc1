import { writeFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function opened() {
  const scratch = scratchRepository();
  const { root, env, git, commit } = scratch;
  const first = git(["rev-parse", "HEAD"]);
  const second = commit("second");
  return { ...scratch, first, second, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("writes a commit with parents in order and a message as it is", async () => {
  const { gateway, git, first, second } = opened();
  const message = "Merge task\n\nwith ü and # no comment\n\nCalm-Task: T-1\n";
  const tree = await gateway.treeOf(second);
  const commit = await gateway.writeCommit({ tree, parents: [first, second], message });
  expect(git(["log", "-1", "--format=%P%n%an <%ae>%n%B", commit])).toBe(
    `${first} ${second}\nAnn <ann@example.com>\n${message}`,
  );
});

test("a commit without a known author says how to set one", async () => {
  const { root, env, first } = opened();
  const nobody = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(AUTHOR|COMMITTER)/.test(name)),
  );
  const global = join(root, "../home/config");
  writeFileSync(global, "[user]\n\tuseConfigOnly = true\n");
  const gateway = createGit({ commonDir: join(root, ".git"), env: { ...nobody, GIT_CONFIG_GLOBAL: global } });
  const tree = await gateway.treeOf(first);
  await expect(gateway.writeCommit({ tree, parents: [], message: "x" })).rejects.toMatchObject({
    code: "git_failed",
    message: "git does not know who makes the commit",
    hint: expect.stringContaining("git config --global user.name") as string,
  });
  const known = createGit({ commonDir: join(root, ".git"), env });
  await expect(known.writeCommit({ tree: "f".repeat(40), parents: [], message: "x" })).rejects.toMatchObject({
    message: expect.stringContaining("git commit-tree: ") as string,
  });
});

test("moves a ref from its old value only, with a word in the reflog", async () => {
  const { gateway, git, first, second } = opened();
  expect(await gateway.moveRef("refs/heads/t", first, undefined, "calm: new")).toBe(true);
  expect(await gateway.moveRef("refs/heads/t", second, undefined, "calm: again")).toBe(false);
  expect(await gateway.moveRef("refs/heads/t", second, second, "calm: stale")).toBe(false);
  expect(await gateway.moveRef("refs/heads/t", second, first, "calm: on")).toBe(true);
  expect(await gateway.moveRef("refs/heads/none", second, first, "calm: gone")).toBe(false);
  expect(git(["reflog", "--format=%gs", "refs/heads/t"])).toBe("calm: on\ncalm: new");
  expect(await gateway.commitOf("refs/heads/t")).toBe(second);
});

test("of many that race for one move exactly one wins", async () => {
  const { gateway, first, second } = opened();
  await gateway.moveRef("refs/calm/x", first, undefined, "");
  const results = await Promise.all(
    Array.from({ length: 8 }, () => gateway.moveRef("refs/calm/x", second, first, "")),
  );
  expect(results.filter(Boolean)).toHaveLength(1);
});

test("what is no lost race is a failure: a lock, a folder of refs in the way, a missing object", async () => {
  const { gateway, root, first, second } = opened();
  await gateway.moveRef("refs/heads/a/b", first, undefined, "");
  await expect(gateway.moveRef("refs/heads/a", first, undefined, "")).rejects.toMatchObject({
    code: "git_failed",
  });
  await expect(gateway.moveRef("refs/heads/c", "f".repeat(40), undefined, "")).rejects.toMatchObject({
    code: "git_failed",
  });
  writeFileSync(join(root, ".git/refs/heads/main.lock"), "");
  await expect(gateway.moveRef("refs/heads/main", first, second, "")).rejects.toMatchObject({
    code: "git_failed",
    message: expect.stringContaining("git update-ref: ") as string,
  });
  expect(await gateway.commitOf("refs/heads/main")).toBe(second);
});

test("deletes a ref at its old value only, packed or not", async () => {
  const { gateway, git, first, second } = opened();
  await gateway.moveRef("refs/calm/op/1", first, undefined, "");
  expect(await gateway.deleteRef("refs/calm/op/1", second)).toBe(false);
  git(["pack-refs", "--all"]);
  expect(await gateway.deleteRef("refs/calm/op/1", first)).toBe(true);
  expect(await gateway.deleteRef("refs/calm/op/1", first)).toBe(false);
  expect(await gateway.commitOf("refs/calm/op/1")).toBeUndefined();
});

test("deletes several refs at once, or none when one has moved", async () => {
  const { gateway, root, first, second } = opened();
  const refs = new Map([1, 2].map((number) => [`refs/calm/op/${number}`, first]));
  for (const ref of refs.keys()) await gateway.moveRef(ref, first, undefined, "");
  await gateway.moveRef("refs/calm/op/2", second, first, "");
  expect(await gateway.deleteRefs(refs)).toBe(false);
  expect((await gateway.refsBelow("refs/calm/op")).size).toBe(2);
  await gateway.moveRef("refs/calm/op/2", first, second, "");
  writeFileSync(join(root, ".git/refs/calm/op/2.lock"), "");
  await expect(gateway.deleteRefs(refs)).rejects.toMatchObject({ code: "git_failed" });
  rmSync(join(root, ".git/refs/calm/op/2.lock"));
  expect(await gateway.deleteRefs(refs)).toBe(true);
  expect((await gateway.refsBelow("refs/calm/op")).size).toBe(0);
});
