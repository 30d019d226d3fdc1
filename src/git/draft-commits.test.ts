import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

test("drafts that are committed at once have the trees that git makes of each", async () => {
  const { root, env, git, commit, folder } = scratchRepository();
  git(["config", "filter.up.clean", "tr a-z A-Z"]);
  git(["config", "core.autocrlf", "input"]);
  const names = {
    "-opt": "1\n",
    ":(top)": "1\n",
    'ö "q"\n\tx': "1\n",
    "d/e/f": "1\n",
    gone: "1\n",
    x: "1\n",
  };
  commit("files", { ...names, ".gitattributes": "*.up filter=up\n" });
  const head = git(["rev-parse", "HEAD"]);
  const options = { commonDir: join(root, ".git"), root, env };
  const gateway = createGit(options);
  const scenes: Record<string, (at: (path: string) => string) => readonly string[]> = {
    "odd names": (at) => {
      for (const name of Object.keys(names)) appendFileSync(at(name), "two\r\n");
      return Object.keys(names);
    },
    "-kinds": (at) => {
      rmSync(at("gone"));
      rmSync(at("x"));
      symlinkSync("d/e\\ü", at("x"));
      chmodSync(at("-opt"), 0o755);
      writeFileSync(at("a.up"), "small\n");
      return ["gone", "x", "-opt", "a.up", "never was there"];
    },
    "folder for file": (at) => {
      rmSync(at("gone"));
      mkdirSync(at("gone"));
      writeFileSync(at("gone/x"), "");
      rmSync(at("d"), { recursive: true });
      writeFileSync(at("d"), "");
      return ["gone", "gone/x", "d/e/f", "d"];
    },
    macro: (at) => {
      appendFileSync(at(".gitattributes"), "[attr]big filter=up\nx big\n");
      appendFileSync(at("x"), "small\n");
      return ["x"];
    },
    empty: (at) => {
      const all = [...Object.keys(names), ".gitattributes", "README.md"];
      for (const name of all) rmSync(at(name));
      return all;
    },
  };
  const drafts = Object.entries(scenes).map(([name, act]) => {
    const worktree = join(folder, "trees", name);
    git(["worktree", "add", "--quiet", "--detach", "--", worktree]);
    return { worktree, head, files: act((path) => join(worktree, path)), isStaged: false };
  });
  const trees = (isStaged: boolean): Promise<unknown> =>
    gateway.inQuarantine(async (apart) => {
      const made = await apart.commitDrafts(drafts.map((draft) => ({ ...draft, isStaged })));
      return made.map((one) => ("tree" in one ? one.tree : one));
    });
  const before = readdirSync(join(root, ".git/objects"));
  const same = async (): Promise<void> => {
    expect(await trees(false)).toEqual(await trees(true));
  };
  await same();
  // Rules of the repository that begin at its root, and those of the folder above.
  writeFileSync(join(root, ".git/info/attributes"), "/x filter=up\n");
  await same();
  rmSync(join(root, ".git/info/attributes"));
  writeFileSync(join(folder, "trees/.gitattributes"), "* filter=up\n");
  await same();
  rmSync(join(folder, "trees/.gitattributes"));
  expect(readdirSync(join(root, ".git/objects"))).toEqual(before);
});
