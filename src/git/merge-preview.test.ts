import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

/** Two branches that add different lines at the same place, with a `.gitattributes` in the common base or none. */
function conflicting(attributes: Readonly<Record<string, string>> = {}) {
  const scratch = scratchRepository();
  const { root, env, git, commit } = scratch;
  commit("base", { "log/a\nb.txt": "0\n", ...attributes });
  git(["checkout", "--quiet", "-b", "side"]);
  const theirs = commit("theirs", { "log/a\nb.txt": "0\ntheirs\n" });
  git(["checkout", "--quiet", "main"]);
  const ours = commit("ours", { "log/a\nb.txt": "0\nours\n" });
  return { ...scratch, ours, theirs, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("clean and conflicting, with nothing of the checkout touched or left behind", async () => {
  const { gateway, git, ours, theirs, commit, root } = conflicting();
  // Others put their files into the machine's folder at the same time.
  const own = join(root, "..", "temporary");
  mkdirSync(own);
  vi.stubEnv("TMPDIR", own);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(await gateway.previewMerge(ours, theirs)).toMatchObject({
    clean: false,
    conflicts: ["log/a\nb.txt"],
  });
  git(["checkout", "--quiet", "-b", "apart", "main~1"]);
  const apart = commit("apart", { apart: "x" });
  const preview = await gateway.previewMerge(ours, apart);
  git(["checkout", "--quiet", "main"]);
  git(["merge", "--quiet", "--no-edit", "apart"]);
  expect(preview).toEqual({ clean: true, tree: git(["rev-parse", "HEAD^{tree}"]) });
  expect(readdirSync(own)).toEqual([]);
});

test("where only one side went on the result is what git makes of it", async () => {
  const { gateway, git, commit, theirs } = conflicting({ ".gitattributes": "*.txt merge=union text\n" });
  git(["checkout", "--quiet", "-b", "ahead", theirs]);
  git(["mv", "log", "moved"]);
  const ahead = commit("ahead", { "log/new": "1\r\n", "mode.txt": "x" });
  const preview = await gateway.previewMerge(theirs, ahead);
  expect(preview).toEqual({ clean: true, tree: git(["merge-tree", "--write-tree", theirs, ahead]) });
  const bare = (await gateway.previewMerge(ahead, theirs)).tree;
  expect(bare).toBe(git(["merge-tree", "--write-tree", ahead, theirs]));
});

test("M17: the attributes of ours count, at any depth", async () => {
  for (const path of [".gitattributes", "log/.gitattributes"]) {
    const { gateway, ours, theirs } = conflicting({ [path]: "*.txt merge=union\n" });
    const preview = await gateway.previewMerge(ours, theirs);
    expect(preview.clean, path).toBe(true);
    expect(await gateway.readFile(preview.tree, "log/a\nb.txt")).toBe("0\nours\ntheirs\n");
  }
});

test("M17: dirty attributes of a checkout do not count, neither way", async () => {
  const plain = conflicting();
  plain.write(".gitattributes", "*.txt merge=union\n");
  plain.git(["add", ".gitattributes"]);
  expect((await plain.gateway.previewMerge(plain.ours, plain.theirs)).clean).toBe(false);
  const union = conflicting({ ".gitattributes": "*.txt merge=union\n" });
  union.write(".gitattributes", "*.txt -merge\n");
  union.git(["add", ".gitattributes"]);
  expect((await union.gateway.previewMerge(union.ours, union.theirs)).clean).toBe(true);
});

test("a corrupt index of the main checkout does not matter, and unrelated histories are refused", async () => {
  const { gateway, root, git, ours, theirs } = conflicting();
  const unrelated = git(["commit-tree", `${ours}^{tree}`, "-m", "unrelated"]);
  writeFileSync(join(root, ".git/index"), "garbage");
  expect((await gateway.previewMerge(ours, theirs)).clean).toBe(false);
  expect(await gateway.changedFiles(ours, theirs)).toHaveLength(1);
  await expect(gateway.previewMerge(ours, unrelated)).rejects.toMatchObject({
    code: "git_failed",
    message: "git merge-tree: refusing to merge unrelated histories",
    details: { exit_code: 128 },
  });
});
