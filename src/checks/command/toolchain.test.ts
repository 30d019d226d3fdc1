import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../system/command.fixture.ts";
import type { CommandDefinition } from "./definition.ts";
import { toolchainFingerprint } from "./toolchain.ts";
import { testsDefinition } from "./tree.fixture.ts";

function program(folder: string, name: string, text = ""): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
  utimesSync(join(folder, name), 1000, 1000);
  return join(folder, name);
}

function fingerprint(folders: string[], changes: Partial<CommandDefinition> = {}, room = temporaryFolder()) {
  const definition = testsDefinition({
    run: { kind: "argv", argv: ["tool", "x"] },
    runner: "vitest",
    ...changes,
  });
  return toolchainFingerprint({
    definition,
    env: { PATH: folders.join(":") },
    room,
    lockFiles: { "a.lock": "1" },
  });
}

test("changes with a tool, its interpreter and the lock files, and with nothing else", async () => {
  const folder = temporaryFolder();
  program(folder, "tool");
  const node = program(folder, "node");
  const first = await fingerprint([folder]);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await fingerprint(["/nowhere", folder])).toBe(first);
  program(folder, "python3");
  expect(await fingerprint([folder])).toBe(first);
  utimesSync(node, 1000, 2000);
  const second = await fingerprint([folder]);
  expect(second).not.toBe(first);
  program(folder, "tool", "longer");
  const third = await fingerprint([folder]);
  expect(new Set([first, second, third]).size).toBe(3);
  expect(await fingerprint([])).not.toBe(third);
});

test("a tool earlier on the PATH is another one, a folder or a plain file is none", async () => {
  const [near, far] = [temporaryFolder(), temporaryFolder()];
  program(far, "tool");
  mkdirSync(join(near, "tool"));
  const first = await fingerprint([far]);
  expect(await fingerprint([near, far])).toBe(first);
  writeFileSync(join(near, "node"), "", { mode: 0o644 });
  expect(await fingerprint([near, far])).toBe(first);
  const other = temporaryFolder();
  program(other, "tool");
  expect(await fingerprint([other, far])).not.toBe(first);
});

test("the programs of a line for sh count, also where only a shell understands it", async () => {
  const lint = { run: { kind: "argv", argv: ["sh", "-c", "{ ls; } | xargs tool"] } } as const;
  const folder = temporaryFolder();
  const without = await fingerprint([folder], lint);
  program(folder, "tool");
  expect(await fingerprint([folder], lint)).not.toBe(without);
});

test("a tool inside the room is the same in each room", async () => {
  const run = { kind: "shell", line: "./bin/tool && other" } as const;
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  program(join(one, "bin"), "tool");
  utimesSync(program(join(other, "bin"), "tool"), 1000, 5000);
  expect(await fingerprint([], { run }, one)).toBe(await fingerprint([], { run }, other));
  expect(await fingerprint([], { run }, temporaryFolder())).not.toBe(await fingerprint([], { run }, one));
});
