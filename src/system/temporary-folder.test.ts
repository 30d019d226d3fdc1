import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { inTemporaryFolder, listForgottenFolders } from "./temporary-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("of calm's temporary folders the old ones are forgotten; where there is no place for any, there are none", () => {
  const folder = scratchFolder();
  vi.stubEnv("TMPDIR", folder);
  for (const name of ["calm-git-old", "calm-git-young", "other"]) mkdirSync(join(folder, name));
  for (const name of ["calm-git-old", "other"]) utimesSync(join(folder, name), 0, 0);
  expect(listForgottenFolders(Date.now())).toEqual([join(folder, "calm-git-old")]);
  vi.stubEnv("TMPDIR", join(folder, "nowhere"));
  expect(listForgottenFolders(Date.now())).toEqual([]);
});

test("where no temporary folder can be made, it is told why, and what to do", async () => {
  vi.stubEnv("TMPDIR", join(scratchFolder(), "nowhere"));
  await expect(inTemporaryFolder([], () => Promise.resolve())).rejects.toMatchObject({
    code: "file_failed",
    message: expect.stringContaining("nowhere") as string,
    hint: expect.stringContaining("TMPDIR") as string,
  });
});
