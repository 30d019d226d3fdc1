import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { platform } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runScript, runShell, temporaryFolder } from "./command.fixture.ts";
import type { CommandResult } from "./command.ts";
import { startedAt } from "./process-identity.ts";

function pidFile(): { path: string; read(): number } {
  const path = join(temporaryFolder(), "pid");
  return { path, read: () => Number(readFileSync(path, "utf8")) };
}

/** Aborts a run once it has written the file. */
async function abortWhenReady(file: string, run: (signal: AbortSignal) => Promise<CommandResult>) {
  const stop = new AbortController();
  const running = run(stop.signal);
  while (!existsSync(file)) await sleep(5);
  stop.abort();
  return running;
}

test("G3: a command that exits 0 on TERM has timed out all the same", async () => {
  const result = await runScript(
    "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 9999)",
    {
      timeout: 300,
    },
  );
  expect(result).toMatchObject({ end: "timeout", exitCode: 0 });
  expect(result.durationMs).toBeLessThan(20_000);
});

test("G3: a command that ignores TERM is killed after the grace", async () => {
  const result = await runShell("trap '' TERM; while :; do sleep 1; done", { timeout: 200 });
  expect(result).toMatchObject({ end: "timeout", exitCode: null, signal: "SIGKILL" });
  expect(result.durationMs).toBeGreaterThan(3000);
  expect(result.durationMs).toBeLessThan(30_000);
});

test("a timeout takes the grandchildren along", async () => {
  const pid = pidFile();
  const result = await runShell(`sh -c 'sleep 60 & echo $! >${pid.path}; wait'; true`, { timeout: 300 });
  expect(result.end).toBe("timeout");
  expect(startedAt(pid.read())).toBeUndefined();
});

test("a timeout longer than a timer can be does not fire at once", async () => {
  expect(await runShell("sleep 0.2", { timeout: 1e12 })).toMatchObject({ end: "exit", exitCode: 0 });
});

test("an abort interrupts, before the start too", async () => {
  const stopped = await runShell("true", { signal: AbortSignal.abort() });
  expect(stopped).toMatchObject({ end: "interrupted", exitCode: null });
  const ready = join(temporaryFolder(), "ready");
  const line = `touch ${ready}; sleep 60`;
  const result = await abortWhenReady(ready, (signal) => runShell(line, { signal }));
  expect(result).toMatchObject({ end: "interrupted", signal: "SIGTERM" });
});

test("a child that soon ends by itself is no offence, and its output counts", async () => {
  const result = await runShell("(sleep 0.05; echo late) & echo early");
  expect(result).toMatchObject({ end: "exit", exitCode: 0, tail: ["early", "late"] });
});

test("G4: a child that keeps the pipe open does not hold the verdict back, and is killed", async () => {
  const pid = pidFile();
  const result = await runShell(`sleep 60 & echo $! >${pid.path}; exit 0`);
  expect(result).toMatchObject({ end: "left_processes", exitCode: 0 });
  expect(result.leftProcesses).toEqual([`sleep (${pid.read()})`]);
  // Far from the minute that the child would take; how fast the machine is does not matter.
  expect(result.durationMs).toBeLessThan(20_000);
  expect(startedAt(pid.read())).toBeUndefined();
});

test.runIf(platform === "linux")("G5: a daemon in a session of its own is found by the marker", async () => {
  const pid = pidFile();
  const daemon = `require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref()`;
  const line = `setsid sh -c 'echo $$ >${pid.path}; exec sleep 60' >/dev/null 2>&1 & sleep 0.2`;
  for (const result of [await runScript(daemon), await runShell(line)]) {
    expect(result).toMatchObject({ end: "left_processes", exitCode: 0 });
    expect(result.leftProcesses).toHaveLength(1);
  }
  expect(startedAt(pid.read())).toBeUndefined();
});

test("commands that share a marker do not end each other's processes", async () => {
  const marker = "shared";
  const [slow, ...quick] = await Promise.all([
    runShell("sleep 1; echo done", { marker }),
    runShell("true", { marker }),
    runShell("sleep 60 & exit 0", { marker }),
  ]);
  expect(slow).toMatchObject({ end: "exit", exitCode: 0, tail: ["done"] });
  expect(quick.map(({ end }) => end)).toEqual(["exit", "left_processes"]);
});

test.runIf(platform === "linux")("a command of another run is left alone", async () => {
  const ready = join(temporaryFolder(), "ready");
  const stop = new AbortController();
  const other = runShell(`touch ${ready}; sleep 60`, { signal: stop.signal });
  while (!existsSync(ready)) await sleep(5);
  expect(await runShell("sleep 60 & exit 0")).toMatchObject({ end: "left_processes" });
  stop.abort();
  expect(await other).toMatchObject({ end: "interrupted" });
});

test("keeps the reason when the command was interrupted and left processes", async () => {
  const ready = join(temporaryFolder(), "ready");
  const script = `require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    require('fs').writeFileSync('${ready}', ''); setInterval(() => {}, 9999)`;
  const result = await abortWhenReady(ready, (signal) => runScript(script, { signal }));
  expect(result.end).toBe("interrupted");
});
