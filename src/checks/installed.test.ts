import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../system/command.fixture.ts";
import { installFacts, isSetUp, recordedSetup } from "./installed.ts";

test("an install is told by its packages and programs, not by what tools keep beside them", () => {
  const room = temporaryFolder();
  expect(installFacts(room)).toBe("");
  const write = (path: string, text = "") => {
    mkdirSync(dirname(join(room, path)), { recursive: true });
    writeFileSync(join(room, path), text);
  };
  const prints: string[] = [];
  const changed = (): void => {
    prints.push(installFacts(room));
  };
  write("node_modules/a/package.json", "{}");
  changed();
  write("node_modules/@me/b/package.json", "{}");
  changed();
  write("node_modules/.bin/tool", "1");
  changed();
  utimesSync(join(room, "node_modules/.bin/tool"), 1000, 1000);
  changed();
  write("node_modules/a/package.json", "{ }");
  changed();
  write(".venv/lib/python3.12/site-packages/six.py");
  changed();
  rmSync(join(room, "node_modules/@me"), { recursive: true });
  changed();
  expect(new Set(prints).size).toBe(prints.length);
  write("node_modules/.cache/x");
  write("node_modules/.vite/deps/package.json");
  expect(installFacts(room)).toBe(prints.at(-1));
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
