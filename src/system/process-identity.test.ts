import { spawn } from "node:child_process";
import { once } from "node:events";
import { pid } from "node:process";
import { expect, test } from "vitest";
import { isAlive, ownIdentity, startedAt, stateOf } from "./process-identity.ts";
import { parseProcStat } from "./proc-stat.ts";

test("this process is alive, another start of its number is not", () => {
  const own = ownIdentity();
  expect(own.pid).toBe(pid);
  expect(own).toEqual(ownIdentity());
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, started: "another boot/1" })).toBe(false);
});

test("a process that has ended is not alive", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const number = child.pid ?? 0;
  const started = startedAt(number) ?? "";
  expect(isAlive({ pid: number, started })).toBe(true);
  child.kill("SIGSTOP");
  await expect.poll(() => stateOf({ pid: number, started })).toBe("stopped");
  expect(isAlive({ pid: number, started })).toBe(true);
  child.kill("SIGCONT");
  await expect.poll(() => stateOf({ pid: number, started })).toBe("running");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive({ pid: number, started })).toBe(false);
  expect(startedAt(number)).toBeUndefined();
});

test("reads a stat line whose name has brackets and spaces", () => {
  const rest = Array.from({ length: 45 }, (_, index) => String(index + 6)).join(" ");
  expect(parseProcStat(`12 (a) b (c)) S 1 34 56 ${rest}`)).toEqual({
    name: "a) b (c)",
    state: "S",
    group: 34,
    session: 56,
    started: "21",
  });
  for (const text of ["", "12 sh S 1", "12 (sh) S 1 2"]) expect(parseProcStat(text)).toBeUndefined();
});
