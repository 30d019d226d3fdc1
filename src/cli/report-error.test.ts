import { Writable } from "node:stream";
import * as z from "zod/mini";
import { expect, test } from "vitest";
import { calm, echo } from "../../test/support/fake-operations.ts";
import { fakeTerminal } from "../../test/support/fake-terminal.ts";

test("a Failure has its exit code, message, hint; control characters are shown", async () => {
  const run = await calm(["fail", "refused"]);
  expect([run.exitCode, run.out, run.left]).toEqual([4, "", 0]);
  expect(run.err).toBe("error: It would remove\\x1b[2J things\nhint: calm fail --yes\n");
  const json = await calm(["fail", "refused", "--json"]);
  expect([json.exitCode, json.err]).toEqual([4, ""]);
  expect(JSON.parse(json.out)).toEqual({
    v: 1,
    ok: false,
    error: {
      code: "needs_yes",
      message: "It would remove\x1b[2J things",
      hint: "calm fail --yes",
      retryable: false,
      details: { count: 2 },
    },
  });
  const busy = await calm(["fail", "busy", "--json", "--quiet"]);
  expect(busy.exitCode).toBe(6);
  expect(JSON.parse(busy.out)).toMatchObject({ error: { code: "busy", retryable: true } });
});

test("a defect is exit 70, its stack goes to the log and not to the terminal", async () => {
  const run = await calm(["fail", "bug"]);
  expect([run.exitCode, run.out, run.bugs.length]).toEqual([70, "", 1]);
  expect(run.err).toBe(
    "error: internal error: cannot read it\nhint: This is a bug in calm; its details are in /home/logs/bug.log\n",
  );
  const json = await calm(["fail", "thrown", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    error: {
      code: "internal_error",
      message: "internal error: a plain text",
      details: { log: "/home/logs/bug.log" },
    },
  });
  const unlogged = await calm(["fail", "bug"], {
    reportBug: () => {
      throw new Error("disk full");
    },
  });
  expect([unlogged.exitCode, unlogged.err.includes("could not be written")]).toEqual([70, true]);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])("%s ends with its code", async (name, code) => {
  const controller = new AbortController();
  const waiting = echo("wait", z.object({}), {
    run: (context) =>
      new Promise((_, reject) => {
        context.signal.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
        controller.abort(name);
      }),
  });
  const run = await calm(["wait"], { operations: [waiting], signal: controller.signal });
  expect([run.exitCode, run.err, run.bugs]).toEqual([code, `error: interrupted by ${name}\n`, []]);
});

function failing(code: string): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(`write ${code}`), { code }));
    },
  });
}

test("a reader that went away is no error; a disk that is full is one", async () => {
  const gone = { ...fakeTerminal(), stdout: failing("EPIPE"), stderr: failing("EPIPE") };
  expect((await calm(["status", "health"], { terminal: gone })).exitCode).toBe(1);
  expect((await calm(["fail", "bug"], { terminal: gone })).exitCode).toBe(70);
  const sudden = new Writable({
    write() {
      throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    },
  });
  expect((await calm(["status"], { terminal: { ...fakeTerminal(), stdout: sudden } })).exitCode).toBe(0);
  const full = { ...fakeTerminal(), stdout: failing("ENOSPC") };
  const run = await calm(["status"], { terminal: full });
  expect([run.exitCode, run.err]).toEqual([8, "error: stdout could not be written: write ENOSPC\n"]);
});
