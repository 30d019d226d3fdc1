import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getuid, seteuid } from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "./command.fixture.ts";
import { removeTree } from "./files.ts";
import { removeLockedTree } from "./locked-folders.ts";

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
  await removeLockedTree(folder);
  expect(existsSync(folder)).toBe(false);
  await removeLockedTree(folder);
});
