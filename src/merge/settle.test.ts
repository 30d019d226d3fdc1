import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed, samples } from "../../test/support/samples.ts";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "../git/create-git.ts";
import { settle } from "./settle.ts";

const before = {
  changed: "one\ntwo\nthree\n",
  removed: "removed\n",
  tool: "#!/bin/sh\necho\n",
  "to-folder": "file\n",
  "to-file/inner": "inner\n",
  "sub/same": "same\n",
};
const after = {
  changed: "one\nTWO\nthree\nfour\n",
  added: "added\n",
  "new/deep": "deep\n",
  tool: "#!/bin/sh\necho\n",
  "to-folder/inner": "folder\n",
  "to-file": "file now\n",
  "sub/same": "same\n",
};

/** A checkout with two commits, standing at the first one. */
function twoCommits() {
  const scratch = scratchRepository();
  const { root, env, git, commit } = scratch;
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const from = commit("before", before);
  for (const path of ["removed", "to-folder", "to-file"]) rmSync(join(root, path), { recursive: true });
  chmodSync(join(root, "tool"), 0o755);
  symlinkSync("changed", join(root, "link"));
  const to = commit("after", after);
  const index = join(root, ".git/calm-index-OP-1");
  const lock = join(root, ".git/index.lock");
  const reset = (at: string): void => {
    rmSync(lock, { force: true });
    git(["clean", "-fdxq"]);
    git(["reset", "--quiet", "--hard", at]);
  };
  return {
    ...{ ...scratch, from, to, reset, lock },
    /** Settles towards a commit with the index as it stands. */
    settle: (current: string): Promise<readonly string[]> => {
      writeFileSync(lock, "calm-op OP-1 /home\n");
      writeFileSync(index, readFileSync(join(root, ".git/index")));
      const checkout = { path: root, gitDir: join(root, ".git"), index };
      return settle({ git: () => Promise.resolve(gateway) }, checkout, { from, to, current });
    },
  };
}

const paths = [
  "changed",
  "removed",
  "added",
  "new/deep",
  "tool",
  "link",
  "to-folder",
  "to-folder/inner",
  "to-file",
  "to-file/inner",
];

test("F2, M5: whatever a cut-off change left of either version, the checkout agrees with its branch again", {
  timeout: 120_000,
}, async () => {
  const { root, git, from, to, reset, lock, settle: settleTo } = twoCommits();
  const half = fc.record({
    path: fc.constantFrom(...paths),
    state: fc.constantFrom("before" as const, "after" as const, "begun" as const, "gone" as const),
  });
  const place = ({ path, state }: { path: string; state: "before" | "after" | "begun" | "gone" }): void => {
    const at = join(root, path);
    const text = (state === "before" ? before : after)[path as "changed"] as string | undefined;
    try {
      rmSync(at, { recursive: true, force: true });
      if (state === "gone" || text === undefined) return;
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, state === "begun" ? text.slice(0, 3) : text, {
        mode: state === "before" ? 0o644 : 0o755,
      });
    } catch {
      // the other version has a file where this one needs a folder: then that one stays
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(half, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      async (halves, landed, newIndex) => {
        const current = landed ? to : from;
        reset(newIndex ? to : from);
        for (const one of halves) place(one);
        git(["update-ref", "HEAD", current]);
        expect(await settleTo(current)).toEqual([]);
        expect(git(["status", "--porcelain", "--ignored"])).toBe("");
        expect(existsSync(lock)).toBe(false);
      },
    ),
    { numRuns: samples(4, 20, "CALM_TEST_SETTLES"), ...chosenSeed },
  );
});

test("what a person has put there is left, told, and never written through or over", async () => {
  const { root, git, from, to, reset, folder, settle: settleTo } = twoCommits();
  reset(from);
  const outside = join(folder, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "deep"), "deep\n");
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(root, "changed"), "mine\n");
  symlinkSync("../empty", join(root, "added")); // empty, as the beginning of any file is
  symlinkSync(outside, join(root, "new"));
  rmSync(join(root, "to-file"), { recursive: true });
  mkdirSync(join(root, "to-file"));
  writeFileSync(join(root, "to-file/mine"), "mine\n");
  git(["update-ref", "HEAD", to]);
  expect([...(await settleTo(to))].sort()).toEqual(["added", "changed", "new/deep", "to-file"]);
  expect(readFileSync(join(root, "changed"), "utf8")).toBe("mine\n");
  expect(lstatSync(join(root, "added")).isSymbolicLink()).toBe(true);
  expect(lstatSync(join(root, "new")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(outside, "deep"), "utf8")).toBe("deep\n");
  expect(readFileSync(join(root, "to-file/mine"), "utf8")).toBe("mine\n");
  expect(readFileSync(join(root, "to-folder/inner"), "utf8")).toBe("folder\n");
  // The index is the branch's, so that nothing of the merge would be reverted by a commit of all that is staged.
  expect(git(["diff", "--cached", "--name-only"])).toBe("");
});

test("an entry that a person staged after taking the lock away stays", async () => {
  const { root, git, write, from, to, reset, settle: settleTo } = twoCommits();
  reset(from);
  write("changed", "staged\n");
  git(["add", "changed"]);
  git(["update-ref", "HEAD", to]);
  expect(await settleTo(to)).toEqual(["changed"]);
  expect(git(["show", ":changed"])).toBe("staged");
  expect(git(["diff", "--cached", "--name-only"])).toBe("changed");
  expect(root).not.toBe("");
});

test("M4: settles against what the branch is now, and leaves what only that changed", async () => {
  const { git, commit, write, from, to, reset, settle: settleTo } = twoCommits();
  reset(from);
  const current = commit("somebody else", { changed: "theirs\n", "sub/other": "o\n", added: "theirs too\n" });
  git(["read-tree", "-m", "-u", current, to]); // files and index of the candidate, branch elsewhere
  write("sub/mine", "mine\n");
  expect(await settleTo(current)).toEqual([]);
  expect(git(["status", "--porcelain"]).split("\n")).toEqual(["D  sub/other", "?? sub/mine"]);
  expect(git(["show", ":changed"])).toBe("theirs");
});
