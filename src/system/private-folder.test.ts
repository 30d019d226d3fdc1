import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platform } from "node:process";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { makePrivateFolder } from "./private-folder.ts";

test("a folder is made with those above it, for its owner alone, and again", () => {
  const folder = scratchFolder();
  const deep = join(folder, "a/b/c");
  for (let time = 0; time < 2; time++) makePrivateFolder(deep);
  for (const path of ["a", "a/b", "a/b/c"]) expect(lstatSync(join(folder, path)).mode & 0o777).toBe(0o700);
  mkdirSync(join(folder, "real"));
  symlinkSync("real", join(folder, "link"));
  makePrivateFolder(join(folder, "link/below"));
  expect(lstatSync(join(folder, "real/below")).isDirectory()).toBe(true);
});

test("what stands in the way is told", () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "file"), "");
  symlinkSync("nowhere", join(folder, "dangling"));
  for (const [path, code] of [
    ["file", "EEXIST"],
    ["file/below", "ENOTDIR"],
    ["dangling", "EEXIST"],
    ["dangling/below", "EEXIST"],
  ] as const)
    expect(() => {
      makePrivateFolder(join(folder, path));
    }, path).toThrow(code);
});

test.skipIf(platform !== "linux")("below /proc the answer comes, too", () => {
  expect(() => {
    makePrivateFolder("/proc/calm/home");
  }).toThrow("ENOENT");
});
