import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../system/command.fixture.ts";
import { installFacts, isSetUp, recordedSetup } from "./installed.ts";

test("an install is told by its packages and programs, not by what tools keep beside them", async () => {
  const room = temporaryFolder();
  expect(await installFacts(room)).toBe("");
  const write = (path: string, text = "") => {
    mkdirSync(dirname(join(room, path)), { recursive: true });
    writeFileSync(join(room, path), text);
  };
  const prints: string[] = [];
  const changed = async (): Promise<void> => {
    prints.push(await installFacts(room));
  };
  write("node_modules/a/package.json", "{}");
  await changed();
  write("node_modules/@me/b/package.json", "{}");
  await changed();
  write("node_modules/.bin/tool", "1");
  await changed();
  utimesSync(join(room, "node_modules/.bin/tool"), 1000, 1000);
  await changed();
  write("node_modules/a/package.json", "{ }");
  await changed();
  write(".venv/lib/python3.12/site-packages/six.py");
  await changed();
  rmSync(join(room, "node_modules/@me"), { recursive: true });
  await changed();
  expect(new Set(prints).size).toBe(prints.length);
  write("node_modules/.cache/x");
  write("node_modules/.vite/deps/package.json");
  expect(await installFacts(room)).toBe(prints.at(-1));
});

test("what is written down of a setup says for what, and with what outcome", () => {
  const recorded = recordedSetup("key", "facts");
  expect([
    isSetUp(recorded, "key"),
    isSetUp(recorded, "ke"),
    isSetUp(null, "key"),
    isSetUp("key", "key"),
  ]).toEqual([...[true, false, false, false]]);
});
