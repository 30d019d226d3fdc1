import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
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

function fingerprint(
  folders: string[],
  changes: Partial<CommandDefinition> = {},
  room = temporaryFolder(),
  variables: Readonly<Record<string, string>> = {},
) {
  const definition = testsDefinition({
    run: { kind: "argv", argv: ["tool", "x"] },
    runner: "vitest",
    ...changes,
  });
  return toolchainFingerprint({
    definition,
    env: { PATH: folders.join(":"), HOME: "/nowhere", ...variables },
    room,
    lockFiles: { "a.lock": "1" },
  });
}

test("changes with a tool, its interpreter and the lock files, and with nothing else", () => {
  const folder = temporaryFolder();
  program(folder, "tool");
  const node = program(folder, "node");
  const first = fingerprint([folder]);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint(["/nowhere", folder])).toBe(first);
  program(folder, "python3");
  expect(fingerprint([folder])).toBe(first);
  utimesSync(node, 1000, 2000);
  const second = fingerprint([folder]);
  expect(second).not.toBe(first);
  program(folder, "tool", "longer");
  const third = fingerprint([folder]);
  expect(new Set([first, second, third]).size).toBe(3);
  expect(fingerprint([])).not.toBe(third);
});

test("a tool earlier on the PATH is another one, a folder or a plain file is none", () => {
  const [near, far] = [temporaryFolder(), temporaryFolder()];
  program(far, "tool");
  mkdirSync(join(near, "tool"));
  const first = fingerprint([far]);
  expect(fingerprint([near, far])).toBe(first);
  writeFileSync(join(near, "node"), "", { mode: 0o644 });
  expect(fingerprint([near, far])).toBe(first);
  const other = temporaryFolder();
  program(other, "tool");
  expect(fingerprint([other, far])).not.toBe(first);
});

test("the programs of a line for sh count, also where only a shell understands it", () => {
  const lint = { run: { kind: "argv", argv: ["sh", "-c", "{ ls; } | xargs tool"] } } as const;
  const folder = temporaryFolder();
  const without = fingerprint([folder], lint);
  program(folder, "tool");
  expect(fingerprint([folder], lint)).not.toBe(without);
});

test("a tool inside the room is the same in each room", () => {
  const run = { kind: "shell", line: "./bin/tool && other" } as const;
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  program(join(one, "bin"), "tool");
  utimesSync(program(join(other, "bin"), "tool"), 1000, 5000);
  expect(fingerprint([], { run }, one)).toBe(fingerprint([], { run }, other));
  expect(fingerprint([], { run }, temporaryFolder())).not.toBe(fingerprint([], { run }, one));
});

test("what chooses and steers the tools belongs to it; a place in the room is the same in each", () => {
  const folder = temporaryFolder();
  program(folder, "tool");
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  const of = (variables: Record<string, string>, room = one) => fingerprint([folder], {}, room, variables);
  const variables = [
    {},
    { NODE_OPTIONS: "--no-warnings" },
    { VIRTUAL_ENV: "/venvs/a" },
    { VIRTUAL_ENV: "/venvs/b" },
    { PYENV_VERSION: "3.12" },
    { RUSTUP_TOOLCHAIN: "nightly" },
    { TZ: "UTC" },
  ];
  const prints = variables.map((each) => of(each));
  expect(new Set(prints).size).toBe(variables.length);
  expect(of({ EDITOR: "vi", COLUMNS: "80" })).toBe(prints[0]);
  expect(of({ VIRTUAL_ENV: join(one, ".venv") })).toBe(of({ VIRTUAL_ENV: join(other, ".venv") }, other));
});

test("a shim is as new as the version that it chooses: by file, for the user, installed again", () => {
  const home = temporaryFolder();
  const shims = join(home, ".pyenv/shims");
  program(shims, "tool");
  const room = join(temporaryFolder(), "above/room");
  mkdirSync(room, { recursive: true });
  const of = (folder = shims) => fingerprint([folder], {}, room, { HOME: home });
  const prints = [of()];
  writeFileSync(join(home, ".pyenv/version"), "3.11\n");
  prints.push(of());
  writeFileSync(join(room, "../.python-version"), "3.12\n");
  prints.push(of());
  writeFileSync(join(room, ".python-version"), "3.13\n");
  prints.push(of());
  mkdirSync(join(home, ".pyenv/versions/3.13"), { recursive: true });
  prints.push(of());
  expect(new Set(prints).size).toBe(prints.length);
  // No version manager stands behind an ordinary program.
  const plain = temporaryFolder();
  program(plain, "tool");
  const before = of(plain);
  writeFileSync(join(room, ".python-version"), "3.14\n");
  expect(of(plain)).toBe(before);
});

test("two environments of one Python are two tools; so is one that got another package", () => {
  const base = temporaryFolder();
  const venvs = ["one", "other"].map((name) => {
    const venv = join(base, name);
    mkdirSync(join(venv, "bin"), { recursive: true });
    mkdirSync(join(venv, "lib/python3.12/site-packages"), { recursive: true });
    writeFileSync(join(venv, "pyvenv.cfg"), "");
    symlinkSync(program(join(base, "base"), "tool"), join(venv, "bin/tool"));
    return venv;
  });
  const [one = "", other = ""] = venvs;
  const first = fingerprint([join(one, "bin")]);
  expect(fingerprint([join(one, "bin")])).toBe(first);
  expect(fingerprint([join(other, "bin")])).not.toBe(first);
  utimesSync(join(one, "lib/python3.12/site-packages"), 1000, 4000);
  expect(fingerprint([join(one, "bin")])).not.toBe(first);
  // A broken one is another tool, and for its check to fail with.
  rmSync(join(one, "lib"), { recursive: true });
  writeFileSync(join(one, "lib"), "");
  expect(fingerprint([join(one, "bin")])).not.toBe(first);
});

test("the tools behind a script belong to it; one that is gone is another fingerprint", () => {
  const folder = temporaryFolder();
  program(folder, "tool");
  const runner = program(folder, "runner");
  const of = () =>
    toolchainFingerprint({
      definition: testsDefinition({ run: { kind: "argv", argv: ["tool"] } }),
      env: { PATH: folder },
      room: temporaryFolder(),
      lockFiles: {},
      scripts: "runner --all",
    });
  const first = of();
  utimesSync(runner, 1000, 2000);
  const second = of();
  rmSync(runner);
  expect(new Set([first, second, of()]).size).toBe(3);
});
