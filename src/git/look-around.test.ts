import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";
import { lookAround } from "./look-around.ts";
import { openRepository } from "./repository.ts";
import { oneFolderDeeper } from "./root-rules.ts";

const files = {
  ".gitignore": "/build/\n*.log\ndocs/*.tmp\n",
  ".gitattributes": "*.crlf text\n*.up filter=up\n",
  "src/.gitignore": "/here\n",
  "src/a": "1\n",
  "src/b": "1\n",
  "docs/deep/c": "1\n",
  "win.crlf": "1\n",
  "case.up": "1\n",
  script: "1\n",
};

test("many working trees are told by one git as each is by its own status", async () => {
  const { root, env, git, commit, folder } = scratchRepository();
  git(["config", "filter.up.clean", "tr a-z A-Z"]);
  commit("files", files);
  appendFileSync(join(root, ".git/info/exclude"), "/only-root\n!/only-root/kept\n*.bak\n");
  writeFileSync(join(folder, "rules"), "\ufeff/only-mine\n");
  git(["config", "core.excludesFile", join(folder, "rules")]);
  const at = (name: string, path = ""): string => join(folder, "trees", name, path);
  const write = (name: string, path: string, text: string): void => {
    mkdirSync(join(at(name, path), ".."), { recursive: true });
    appendFileSync(at(name, path), text, { flag: "w" });
  };
  /** What is done in each working tree, and whether git has to be asked for it by itself. */
  const scenes: Record<string, readonly [() => void, "together" | "alone"]> = {
    clean: [() => undefined, "together"],
    // Of the same size, in the same moment as the index.
    racy: [
      () => {
        write("racy", "src/a", "2\n");
      },
      "together",
    ],
    touched: [
      () => {
        utimesSync(at("touched", "src/a"), 1, 1);
      },
      "together",
    ],
    gone: [
      () => {
        rmSync(at("gone", "docs"), { recursive: true });
      },
      "together",
    ],
    mode: [
      () => {
        chmodSync(at("mode", "script"), 0o755);
      },
      "together",
    ],
    link: [
      () => {
        rmSync(at("link", "script"));
        symlinkSync("src/a", at("link", "script"));
      },
      "together",
    ],
    "file to folder": [
      () => {
        rmSync(at("file to folder", "script"));
        write("file to folder", "script/x", "");
      },
      "together",
    ],
    "line ends": [
      () => {
        write("line ends", "win.crlf", "2\r\n");
      },
      "together",
    ],
    filtered: [
      () => {
        write("filtered", "case.up", "1\n");
      },
      "together",
    ],
    "filtered changed": [
      () => {
        write("filtered changed", "case.up", "a\n");
      },
      "together",
    ],
    added: [
      () => {
        const names = ["build/x", "src/build/x", "k.log", "here", "src/here", "docs/t.tmp", "src/docs/t.tmp"];
        const more = ["only-root/x", "src/only-root", "y.bak", "only-mine", "ö \n*name", "clean/x", ".env"];
        for (const name of [...names, ...more]) write("added", name, "new");
      },
      "together",
    ],
    "folder to link": [
      () => {
        renameSync(at("folder to link", "docs"), at("folder to link", "other"));
        symlinkSync("other", at("folder to link", "docs"));
      },
      "alone",
    ],
    // git knows macros from the root of a working tree only.
    macro: [
      () => {
        write("macro", ".gitattributes", "[attr]big filter=up\nscript big\n");
        write("macro", "script", "a\n");
      },
      "alone",
    ],
    inner: [() => git(["init", "--quiet", at("inner", "repository")]), "together"],
    staged: [() => (write("staged", "src/a", "2\n"), git(["add", "-A"], at("staged"))), "alone"],
    intended: [
      () => (write("intended", "new", ""), git(["add", "--intent-to-add", "new"], at("intended"))),
      "alone",
    ],
    hidden: [() => git(["update-index", "--assume-unchanged", "src/a"], at("hidden")), "alone"],
    split: [() => git(["update-index", "--split-index"], at("split")), "alone"],
  };
  for (const name of Object.keys(scenes)) git(["worktree", "add", "--quiet", "--detach", at(name)]);
  for (const [act] of Object.values(scenes)) act();
  const options = { commonDir: join(root, ".git"), root, env };
  const gateway = createGit(options);
  const names = Object.keys(scenes);
  const paths = names.map((name) => at(name));
  const byPath = (list: readonly { path: string }[] | undefined) =>
    list?.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const all = (await gateway.dirtyFilesOfEach(paths)).map(byPath);
  const each = (await Promise.all(paths.map((path) => gateway.dirtyFiles(path)))).map(byPath);
  expect(Object.fromEntries(names.map((name, index) => [name, all[index]]))).toEqual(
    Object.fromEntries(names.map((name, index) => [name, each[index]])),
  );
  expect(each.filter((dirty) => dirty?.length !== 0).length).toBeGreaterThan(9);
  const together = await lookAround(openRepository(options), paths);
  expect(names.map((name, index) => [name, together[index] ? "together" : "alone"])).toEqual(
    names.map((name) => [name, scenes[name]?.[1]]),
  );
  // A few at a time, where more have no room; and none where not even one has.
  expect(await lookAround(openRepository(options), paths, 4000)).toEqual(together);
  expect(await lookAround(openRepository(options), paths, 400)).toEqual(names.map(() => undefined));
  // What lies in the folder above is not theirs.
  writeFileSync(join(folder, "trees/.gitignore"), "*\n");
  expect(await lookAround(openRepository(options), paths)).toEqual(names.map(() => undefined));
  rmSync(join(folder, "trees/.gitignore"));
  // Each may have a configuration of its own, or line ends that git judges by the index of each.
  for (const [name, value] of [
    ["includeIf.gitdir:trees/.path", "other"],
    ["core.autocrlf", "input"],
  ] as const) {
    git(["config", name, value]);
    expect(await lookAround(openRepository(options), paths), name).toEqual(names.map(() => undefined));
    git(["config", "--unset", name]);
  }
  git(["config", "core.autocrlf", "false"]);
  expect(await lookAround(openRepository(options), paths)).toEqual(together);
  // Attributes that begin at the root of each cannot be told of a folder above.
  appendFileSync(join(root, ".git/info/attributes"), "/src/a text\n");
  expect(await lookAround(openRepository(options), paths)).toEqual(names.map(() => undefined));
});

test("rules that begin at the root begin one folder deeper", () => {
  const rules = "# a/b\n/a\na/b\na/\n*.x\n!/c\n!d\n\\#e\n**/f\n/g h/\r\n!#i/j\n";
  expect(oneFolderDeeper(rules)).toBe(
    "# a/b\n/*/a\n/*/a/b\na/\n*.x\n!/*/c\n!d\n\\#e\n/*/**/f\n/*/g h/\r\n!/*/#i/j\n",
  );
});
