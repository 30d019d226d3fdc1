import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { afterEach } from "vitest";
import type { Command, CommandResult } from "./command.ts";
import { runCommand } from "./run-command.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A fresh folder below the system's temporary one; gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "calm-test-"));
  folders.push(folder);
  return folder;
}

/** A command for tests: everything has a default but the words. */
export function testCommand(argv: readonly [string, ...string[]], changes: Partial<Command> = {}): Command {
  const cwd = changes.cwd ?? temporaryFolder();
  return {
    argv,
    cwd,
    env: { PATH: env["PATH"], HOME: cwd },
    logPath: join(temporaryFolder(), "logs", "command.log"),
    timeout: 60_000,
    signal: new AbortController().signal,
    marker: randomUUID(),
    ...changes,
  };
}

/** Runs a line of shell. */
export function runShell(line: string, changes: Partial<Command> = {}): Promise<CommandResult> {
  return runCommand(testCommand(["sh", "-c", line], changes));
}

/** Runs a JavaScript text. */
export function runScript(script: string, changes: Partial<Command> = {}): Promise<CommandResult> {
  return runCommand(testCommand([execPath, "-e", script], changes));
}
