import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platform } from "node:process";
import { expect, test } from "vitest";
import { Failure } from "../failure.ts";
import { runScript, runShell, temporaryFolder, testCommand } from "./command.fixture.ts";
import { runCommand } from "./run-command.ts";

test("keeps the output, its size and its digest", async () => {
  const logPath = join(temporaryFolder(), "deep", "log");
  const result = await runShell("echo out; echo err >&2; exit 3", { logPath });
  expect(result).toMatchObject({ end: "exit", exitCode: 3, signal: null, logCut: false, leftProcesses: [] });
  const log = readFileSync(logPath);
  expect(log.toString().split("\n").sort()).toEqual(["", "err", "out"]);
  expect(result.logBytes).toBe(log.length);
  expect(result.logSha256).toBe(createHash("sha256").update(log).digest("hex"));
  expect([...result.tail].sort()).toEqual(["err", "out"]);
  expect(statSync(logPath).mode & 0o777).toBe(0o600);
});

test("G8: reads nothing from stdin and has no terminal", async () => {
  const result = await runShell("cat; if (true </dev/tty) 2>/dev/null; then echo tty; else echo none; fi");
  expect(result).toMatchObject({ end: "exit", exitCode: 0, tail: ["none"] });
});

test("tells a signal from an exit code", async () => {
  expect(await runShell("kill -9 $$")).toMatchObject({ end: "signal", exitCode: null, signal: "SIGKILL" });
  expect(await runShell("sh -c 'kill -9 $$'")).toMatchObject({ end: "exit", exitCode: 137 });
});

test("reports a program that is missing or cannot be run", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "plain"), "no program");
  const missing = await runCommand(testCommand(["calm-no-such-program"]));
  expect(missing).toMatchObject({ end: "not_found", exitCode: null, logBytes: 0, tail: [] });
  expect(await runCommand(testCommand([join(folder, "plain")]))).toMatchObject({ end: "not_found" });
});

test("refuses a missing folder, an impossible argument and a log that cannot be written", async () => {
  const folder = temporaryFolder();
  await expect(runShell("true", { cwd: join(folder, "none") })).rejects.toThrow(/is not a directory/);
  await expect(runShell("true\0")).rejects.toThrow(Failure);
  await expect(runShell("true", { logPath: folder })).rejects.toMatchObject({ code: "file_failed" });
});

test.runIf(platform === "linux")("ends the command when the disk is full", async () => {
  const running = runShell("while :; do echo flood; sleep 0.01; done", { logPath: "/dev/full" });
  await expect(running).rejects.toMatchObject({ code: "file_failed" });
});

test("G9: keeps any bytes and decodes the tail leniently", async () => {
  const logPath = join(temporaryFolder(), "log");
  const bytes = Buffer.from([0xff, 0xfe, 0, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xc3, 0x0d, 0x0a, 0x78]);
  const script = `process.stdout.write(Buffer.from([${[...bytes].join(",")}]))`;
  const result = await runScript(script, { logPath });
  expect(readFileSync(logPath)).toEqual(bytes);
  expect(result.tail).toEqual(["\ufffd\ufffd\0\u001b[31m\ufffd", "x"]);
});

test("cuts the log at its limit and still sees the end", async () => {
  const logPath = join(temporaryFolder(), "log");
  const result = await runShell("seq 1 100000; echo last", { logPath, logLimit: 1000 });
  const log = readFileSync(logPath, "utf8");
  expect(result).toMatchObject({ end: "exit", exitCode: 0, logCut: true, logBytes: log.length });
  expect(log).toMatch(/\n\[calm: the log is cut here, after 1000 bytes\]\n$/);
  expect(result.logSha256).toBe(createHash("sha256").update(log).digest("hex"));
  expect(result.tail).toHaveLength(40);
  expect(result.tail.at(-1)).toBe("last");
});

test("does not mark a log of exactly the limit as cut", async () => {
  expect(await runShell("printf 12345", { logLimit: 5 })).toMatchObject({ logCut: false, logBytes: 5 });
});

test("bounds a line without end", async () => {
  const result = await runScript("process.stdout.write('x'.repeat(3e7))");
  expect(result).toMatchObject({ end: "exit", logBytes: 3e7 });
  expect(result.tail).toEqual(["x".repeat(2000)]);
});

test("tells each line as it comes", async () => {
  const lines: string[] = [];
  const result = await runShell("printf a; sleep 0.1; printf 'b\\n\\nc'", {
    onLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(["ab", "", "c"]);
  expect(result.tail).toEqual(lines);
});

test("nests its marker in that of an outer run", async () => {
  const changes = { env: { PATH: "/usr/bin:/bin", CALM_RUN: "outer" }, marker: "inner" };
  expect((await runShell('echo "$CALM_RUN"', changes)).tail).toEqual([
    expect.stringMatching(/^outer:calm-\d+-\w+\.commands:inner\.\d+-\d+$/),
  ]);
});
