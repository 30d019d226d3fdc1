import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getuid, seteuid } from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "./command.fixture.ts";
import { removeTree } from "./files.ts";
import { openFolders, removeLeftovers } from "./leftovers.ts";

test("closed folders are opened and removed, and what a link leads to is left alone", async () => {
  const folder = temporaryFolder();
  const outside = join(folder, "outside");
  const room = join(folder, "room");
  mkdirSync(join(room, "closed/deep"), { recursive: true });
  mkdirSync(outside, { mode: 0o500 });
  writeFileSync(join(room, "closed/deep/x"), "");
  symlinkSync(outside, join(room, "link"));
  chmodSync(join(room, "closed/deep"), 0o000);
  chmodSync(join(room, "closed"), 0o000);
  await openFolders(room);
  expect(statSync(join(room, "closed/deep")).mode & 0o777).toBe(0o700);
  expect(statSync(outside).mode & 0o777).toBe(0o500);
  chmodSync(join(room, "closed"), 0o000);
  await removeLeftovers(room);
  expect([existsSync(room), existsSync(outside)]).toEqual([false, true]);
});

const nobody = 65_534;

test("folders that are closed to their owner are deleted all the same", async () => {
  const folder = join(temporaryFolder(), "room");
  mkdirSync(join(folder, "a/b"), { recursive: true });
  writeFileSync(join(folder, "a/b/file"), "");
  for (const path of ["a/b", "a", ""]) chmodSync(join(folder, path), 0o100);
  if (getuid?.() === 0) {
    // Nothing is closed to root.
    for (const path of ["..", "", "a", "a/b"]) chownSync(join(folder, path), nobody, nobody);
    seteuid?.(nobody);
    onTestFinished(() => seteuid?.(0));
  }
  await expect(removeTree(folder)).rejects.toThrow("EACCES");
  await removeLeftovers(folder);
  expect(existsSync(folder)).toBe(false);
  await removeLeftovers(folder);
});
