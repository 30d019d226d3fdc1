import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { moveFolder } from "./move-folder.ts";

test("a folder goes to its place whole, and never over what somebody has made there", async () => {
  const folder = scratchFolder();
  const [from, to] = [join(folder, "from"), join(folder, "deep", "to")];
  mkdirSync(from);
  await moveFolder(from, to);
  mkdirSync(from);
  writeFileSync(join(to, "mine"), "");
  mkdirSync(`${to}.old`);
  const hint = `Move it away and try again: mv ${to} ${to}.old-2`;
  await expect(moveFolder(from, to)).rejects.toMatchObject({ code: "file_failed", hint });
  expect(readdirSync(folder).sort()).toEqual(["deep", "from"]);
  await expect(moveFolder(join(folder, "none"), join(folder, "x"))).rejects.toMatchObject({
    message: expect.stringContaining("could not be moved away (ENOENT)") as string,
  });
});
