import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { discardFolder } from "./discard-folder.ts";

test("a folder goes with links, names that are no text and what is read-only; what a link leads to stays", async () => {
  const folder = scratchFolder();
  const gone = join(folder, "gone");
  mkdirSync(join(gone, "deep/er"), { recursive: true });
  for (let file = 0; file < 450; file++) writeFileSync(join(gone, "deep", `file-${file}`), "");
  writeFileSync(Buffer.concat([Buffer.from(`${gone}/`), Buffer.from([0xff])]), "");
  writeFileSync(join(folder, "mine"), "");
  symlinkSync(folder, join(gone, "deep/link"));
  chmodSync(join(gone, "deep/file-1"), 0o444);
  await discardFolder(gone);
  await discardFolder(gone);
  expect([existsSync(gone), readdirSync(folder)]).toEqual([false, ["mine"]]);
});
