import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { env } from "node:process";
import { temporaryFolder } from "../../system/command.fixture.ts";
import type { CommandDefinition, TreeReader } from "./definition.ts";
import { type CommandCheckInput, type CommandEvidence, runCommandCheck } from "./run-check-command.ts";
import { testsDefinition, treeOf } from "./tree.fixture.ts";

/** Writes files into a fresh room; names that start with `bin/` become programs. */
export function roomOf(files: Readonly<Record<string, string>>): string {
  const room = join(temporaryFolder(), "a room");
  mkdirSync(room);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(room, path)), { recursive: true });
    writeFileSync(join(room, path), text);
    if (path.startsWith("bin/")) chmodSync(join(room, path), 0o755);
  }
  return room;
}

/** Runs a check in a fresh room with the environment of this process. */
export function runCheck(
  files: Readonly<Record<string, string>>,
  definition: Partial<CommandDefinition>,
  changes: Partial<CommandCheckInput> = {},
): Promise<CommandEvidence> {
  const tree: TreeReader = treeOf(files);
  const path = changes.room?.path ?? roomOf(files);
  return runCommandCheck({
    definition: testsDefinition({ report: { kind: "asked" }, ...definition }),
    room: { path, kind: "worktree" },
    task: "SPEC-001",
    env: { ...env, PATH: `${join(path, "bin")}:${env["PATH"] ?? ""}` },
    logPath: join(temporaryFolder(), "tests.log"),
    tempDir: temporaryFolder(),
    marker: randomUUID(),
    signal: new AbortController().signal,
    tree,
    ...changes,
  });
}

/** Runs a line as the project's tests. */
export function runTests(
  line: string,
  files: Readonly<Record<string, string>>,
  definition: Partial<CommandDefinition> = {},
  changes: Partial<CommandCheckInput> = {},
): Promise<CommandEvidence> {
  return runCheck(files, { run: { kind: "shell", line }, ...definition }, changes);
}
