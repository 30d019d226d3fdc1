import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

async function roomed() {
  const scratch = scratchRepository();
  const { root, env, folder, commit } = scratch;
  const one = commit("one", { "src/a": "1", "src/b": "1", ".gitignore": "build/\n", lib: "file" });
  scratch.git(["rm", "--quiet", "lib"]);
  const two = commit("two", { "src/a": "2", "lib/x": "folder" });
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const room = join(folder, 'room "1"');
  await gateway.cloneShared(room);
  const inRoom = (...args: string[]) => scratch.git(args, room);
  const expectExact = (commit_: string) => {
    expect(inRoom("rev-parse", "HEAD")).toBe(commit_);
    expect(inRoom("status", "--porcelain", "--ignored")).toBe("");
    expect(inRoom("write-tree")).toBe(scratch.git(["rev-parse", `${commit_}^{tree}`]));
    expect(inRoom("for-each-ref")).toBe("");
  };
  return { ...scratch, gateway, room, one, two, inRoom, expectExact };
}

test("a clone borrows objects, knows no refs and switches exactly, back and forth", async () => {
  const { gateway, room, one, two, expectExact, inRoom } = await roomed();
  for (const commit of [one, two, one, two]) {
    await gateway.resetClone(room, commit, []);
    expectExact(commit);
  }
  expect(inRoom("count-objects")).toBe("0 objects, 0 kilobytes");
  await expect(gateway.resetClone(room, "refs/heads/main", [])).rejects.toThrow("Not an object id");
});

test("whatever a run leaves is gone afterwards: edits, files, flags, repositories, configuration, refs", async () => {
  const { gateway, room, one, expectExact, inRoom, folder } = await roomed();
  await gateway.resetClone(room, one, []);
  const write = (path: string, text: string) => {
    mkdirSync(join(room, path, ".."), { recursive: true });
    writeFileSync(join(room, path), text);
  };
  inRoom("commit", "--allow-empty", "-m", "theirs");
  inRoom("tag", "v9");
  inRoom("update-index", "--assume-unchanged", "src/a");
  write("src/a", "tampered");
  write("build/out", "ignored");
  write("new/file", "untracked");
  mkdirSync(join(room, "nested"));
  inRoom("init", "--quiet", "nested");
  rmSync(join(room, "lib"));
  mkdirSync(join(room, "lib"));
  write("lib/deep", "a folder where a file was");
  chmodSync(join(room, "src/b"), 0o755);
  inRoom("config", "filter.evil.smudge", "sed s/1/9/");
  inRoom("config", "core.sparseCheckout", "true");
  inRoom("config", "core.fsmonitor", `touch ${join(folder, "canary")}`);
  write(".git/info/attributes", "* filter=evil\n");
  write(".git/info/exclude", "*\n");
  write(".git/hooks/post-checkout", `#!/bin/sh\ntouch ${join(folder, "canary")}\n`);
  chmodSync(join(room, ".git/hooks/post-checkout"), 0o755);
  write(".git/calm/index.lock", "");
  await gateway.resetClone(room, one, []);
  expectExact(one);
  expect(readFileSync(join(room, "src/a"), "utf8")).toBe("1");
  expect(existsSync(join(folder, "canary"))).toBe(false);
});

test("a folder that became a link is a folder again, and what the link led to is untouched", async () => {
  const { gateway, room, one, expectExact, folder } = await roomed();
  await gateway.resetClone(room, one, []);
  renameSync(join(room, "src"), join(folder, "moved"));
  symlinkSync(join(folder, "moved"), join(room, "src"));
  await gateway.resetClone(room, one, []);
  expectExact(one);
  expect(existsSync(join(folder, "moved/a"))).toBe(true);
});

test("keeps the folders named, ignored or not", async () => {
  const { gateway, room, one, two } = await roomed();
  await gateway.resetClone(room, one, []);
  for (const path of ["node_modules", "src/node_modules", "cache"]) {
    mkdirSync(join(room, path), { recursive: true });
    writeFileSync(join(room, path, "x"), "kept?");
  }
  await gateway.resetClone(room, two, ["/node_modules/", ".venv/"]);
  expect(
    ["node_modules/x", "src/node_modules/x", "cache/x"].map((path) => existsSync(join(room, path))),
  ).toEqual([true, false, false]);
});

test("a room whose .git was deleted, or leads elsewhere, is made anew; the other place is untouched", async () => {
  const { gateway, room, one, expectExact, root, git } = await roomed();
  await gateway.resetClone(room, one, []);
  rmSync(join(room, ".git"), { recursive: true });
  await gateway.resetClone(room, one, []);
  expectExact(one);
  rmSync(join(room, ".git"), { recursive: true });
  symlinkSync(join(root, ".git"), join(room, ".git"));
  await gateway.resetClone(room, one, []);
  expectExact(one);
  expect(git(["status", "--porcelain"])).toBe("");
});

test("SHA-256 repositories and shallow ones", async () => {
  const { root, env, folder, commit } = scratchRepository({ init: ["--object-format=sha256"] });
  const head = commit("more", { a: "1" });
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const room = join(folder, "room");
  await gateway.cloneShared(room);
  await gateway.resetClone(room, head, []);
  expect(readFileSync(join(room, "a"), "utf8")).toBe("1");
  expect(await gateway.commitOf("refs/heads/main")).toHaveLength(64);
});

test("modes, links, submodules and large files' pointers are as in the commit, whatever is checked out of it elsewhere", async () => {
  const { root, git, commit, folder } = await roomed();
  const filter = join(folder, "lfs");
  writeFileSync(
    filter,
    '#!/bin/sh\ntest "$GIT_LFS_SKIP_SMUDGE" = 1 && exec cat\necho no remote >&2; exit 1\n',
  );
  chmodSync(filter, 0o755);
  const sub = git(["rev-parse", "HEAD"]);
  mkdirSync(join(root, "vendor/sub"), { recursive: true });
  git(["update-index", "--add", "--cacheinfo", `160000,${sub},vendor/sub`]);
  symlinkSync("src/a", join(root, "link"));
  writeFileSync(join(root, "run"), "#!/bin/sh\n", { mode: 0o755 });
  git(["add", "link", "run"]);
  git(["commit", "--quiet", "--message", "special"]);
  const head = commit("pointer", { ".gitattributes": "*.bin filter=lfs\n", "big.bin": "pointer\n" });
  // A person's own configuration has the filter.
  const config = join(folder, "gitconfig");
  writeFileSync(config, `[filter "lfs"]\n\tsmudge = ${filter}\n\trequired = true\n`);
  const own = createGit({
    commonDir: join(root, ".git"),
    root,
    env: { ...process.env, PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: "1" },
  });
  git(["sparse-checkout", "set", "docs"]);
  const room = join(folder, "special");
  await own.cloneShared(room);
  await own.resetClone(room, head, []);
  expect(readFileSync(join(room, "src/a"), "utf8")).toBe("2");
  expect(readFileSync(join(room, "big.bin"), "utf8")).toBe("pointer\n");
  expect(readlinkSync(join(room, "link"))).toBe("src/a");
  expect(statSync(join(room, "run")).mode & 0o111).toBe(0o111);
  expect(readdirSync(join(room, "vendor/sub"))).toEqual([]);
  expect(git(["status", "--porcelain"], room)).toBe("");
});
