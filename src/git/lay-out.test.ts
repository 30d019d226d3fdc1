import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed, samples } from "../../test/support/samples.ts";
import { act, type Deed, deeds, firstFiles, firstSettings, lookOver } from "../../test/support/dirty-tree.ts";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function opened() {
  const { root, env, git, commit, folder } = scratchRepository();
  for (const [key, value] of firstSettings) git(["config", key, value]);
  commit("files", firstFiles);
  git(["checkout", "--quiet", "-b", "side"]);
  commit("theirs", { a: "theirs\n", new: "theirs\n" });
  git(["checkout", "--quiet", "main"]);
  return { root, env, git, folder, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

/** Does deeds in a worktree, keeps it, removes it, and lays it out again; gives what was seen before and after. */
async function keepAndLayOut(
  { env, git, folder, gateway }: ReturnType<typeof opened>,
  done: readonly Deed[],
) {
  const path = join(folder, "w", "T-1");
  git(["worktree", "add", "--quiet", "-B", "T-1", path, "main"]);
  const tree = { path, env };
  for (const deed of done) act(tree, deed);
  const before = lookOver(tree);
  const head = await gateway.head(path);
  const kept = await gateway.snapshot(path, "kept");
  expect(lookOver(tree)).toEqual(before);
  git(["update-ref", "refs/calm/attic/T-1/1", kept]);
  git(["worktree", "remove", "--force", "--force", path]);
  git(["reflog", "expire", "--all", "--expire=now"]);
  const made = await gateway.readKept(kept);
  expect([made.head, made.branch]).toEqual([head?.commit, head?.branch]);
  await gateway.addBareWorktree(path, made.head ?? "refs/heads/main", made.branch);
  await gateway.layOut(path, kept, join(folder, "w", "scratch"));
  rmSync(join(folder, "w", "scratch"), { recursive: true, force: true });
  const after = lookOver(tree);
  git(["worktree", "remove", "--force", "--force", path]);
  return { before, after };
}

test("lays out again what was kept, byte for byte: files, index, flags, HEAD, merge or rebase under way", async () => {
  const place = opened();
  await fc.assert(
    fc.asyncProperty(deeds, async (done) => {
      const { before, after } = await keepAndLayOut(place, done);
      expect(after).toEqual(before);
    }),
    { numRuns: samples(2, 4, "CALM_TEST_RUNS"), endOnFailure: true, ...chosenSeed },
  );
}, 3_600_000);

test("files that only uncommitted attributes change, and a bisect that is over, come back", async () => {
  const { before, after } = await keepAndLayOut(opened(), [{ do: "attributes" }, { do: "bisect" }]);
  expect(before["dir/b"]).toBe("- in a folder\r\n");
  expect(after).toEqual(before);
});
