import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { listForgottenFolders } from "./temporary-folder.ts";

afterEach(() => vi.unstubAllEnvs());

test("folders that were forgotten a day ago are found; where no place for them is, none are", () => {
  const place = scratchFolder();
  for (const name of ["calm-git-old", "calm-git-new", "other"]) mkdirSync(join(place, name));
  const daysAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
  for (const name of ["calm-git-old", "other"]) utimesSync(join(place, name), daysAgo, daysAgo);
  vi.stubEnv("TMPDIR", place);
  expect(listForgottenFolders(Date.now())).toEqual([join(place, "calm-git-old")]);
  writeFileSync(join(place, "file"), "");
  for (const none of ["none", "file"]) {
    vi.stubEnv("TMPDIR", join(place, none));
    expect(listForgottenFolders(Date.now())).toEqual([]);
  }
});
