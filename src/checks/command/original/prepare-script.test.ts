import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { execPath } from "node:process";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../system/command.fixture.ts";
import { roomOf, runCheck } from "../check-run.fixture.ts";
import type { CommandEvidence } from "../run-check-command.ts";

const sqlite = JSON.stringify(createRequire(import.meta.url).resolve("@photostructure/sqlite"));

/** Inserts a row of test_runs with what is surely here. */
function logRow(passed: number, failed: number): string {
  const sql = `insert into test_runs (task_id, passed, failed, errors, skipped) values ('x', ${passed}, ${failed}, 0, 0)`;
  const program = `new (require(process.argv[1]).DatabaseSync)(process.env.DB_PATH).exec(process.argv[2])`;
  return `'${execPath}' -e '${program}' ${sqlite} "${sql}"\n`;
}

/** Runs a text as the test script of the gates; blobs are named by what they hold. */
function runScript(
  text: string,
  room: string,
  tempDir = temporaryFolder(),
  timeoutMs = 60_000,
): Promise<CommandEvidence> {
  const path = ".claude/gates/check_tests.sh";
  const blob = `#!/bin/sh\n${text}`;
  const files = [
    { path, blob, size: blob.length, kind: "executable" },
    { path: ".claude/gates/elsewhere.sh", blob: "/etc/passwd", size: 0, kind: "other" },
  ] as const;
  const git = {
    readBlob: (blob: string) => Promise.resolve(Buffer.from(blob)),
    initEmpty: () => Promise.resolve(),
  };
  return runCheck(
    {},
    { run: { kind: "script", path, files, instead: "npm test" }, timeoutMs },
    { room: { path: room, kind: "worktree" }, tempDir, scripts: { git, mainRepo: "/main" } },
  );
}

test("the log that a script leaves behind goes, one that was there stays", async () => {
  const room = roomOf({});
  const log = join(room, "test_output.log");
  expect(await runScript(`echo hello > test_output.log\n${logRow(1, 0)}`, room)).toMatchObject({
    verdict: "pass",
  });
  expect(existsSync(log)).toBe(false);
  await runScript("echo hello > test_output.log; sleep 60", room, undefined, 500);
  expect(existsSync(log)).toBe(false);
  const own = roomOf({ "test_output.log": "mine\n" });
  await runScript("echo hello >> test_output.log", own);
  expect(readFileSync(join(own, "test_output.log"), "utf8")).toBe("mine\nhello\n");
});

test("a run counts its own rows alone, also in the folder of an earlier one", async () => {
  const room = roomOf({});
  const folder = temporaryFolder();
  expect(await runScript(`${logRow(1, 1)}exit 1`, room, folder)).toMatchObject({
    verdict: "fail",
    counts: { failed: 1 },
  });
  expect(await runScript(logRow(2, 0), room, folder)).toMatchObject({
    verdict: "pass",
    counts: { total: 2 },
  });
});

test("what a script does to its database never makes a pass", async () => {
  const room = roomOf({});
  for (const harm of ['rm "$DB_PATH"', 'echo no > "$DB_PATH"', 'chmod 0 "$DB_PATH"; rm "$DB_PATH"']) {
    const ran = await runScript(harm, room);
    expect([ran.verdict, ran.exitCode, ran.message], harm).toEqual([
      "fail",
      0,
      expect.stringMatching(/cannot be counted: what it logged cannot be read/) as unknown,
    ]);
  }
});

test("links among the scripts are not copied, and the copy is this user's alone", async () => {
  const room = roomOf({});
  const ran = await runScript(
    `ls -A "$GATES_DIR" && stat -c %a "$GATES_DIR/check_tests.sh" 2>/dev/null; ${logRow(1, 0)}`,
    room,
  );
  expect(readFileSync(ran.logPath, "utf8")).toMatch(/^check_tests\.sh\n(700\n)?$/);
});
