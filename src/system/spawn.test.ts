import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runTool } from "./spawn.ts";

const options = { cwd: tmpdir(), env: { PATH: "/usr/bin:/bin", SET: "yes", UNSET: undefined } };

test("gives exit code, stdout as bytes and stderr as text", async () => {
  const result = await runTool(["sh", "-c", "printf 'a\\000\\377'; echo oops >&2; exit 3"], options);
  expect(result).toMatchObject({ exitCode: 3, signal: undefined, stderr: "oops\n", timedOut: false });
  expect([...result.stdout]).toEqual([97, 0, 255]);
});

test("hands over input, or closes stdin", async () => {
  expect((await runTool(["cat"], { ...options, input: "text" })).stdout.toString()).toBe("text");
  expect((await runTool(["cat"], options)).stdout.toString()).toBe("");
});

test("is not upset by a tool that leaves its input unread", async () => {
  const result = await runTool(["true"], { ...options, input: Buffer.alloc(1_000_000) });
  expect(result.exitCode).toBe(0);
});

test("keeps the last bytes of a flood where that is asked for", async () => {
  const flood = ["sh", "-c", "yes | head -c 5000000; echo end; seq 1 300000 >&2"] as const;
  const result = await runTool(flood, { ...options, lastBytes: 1000 });
  expect(result.stdout.toString()).toMatch(/y\nend\n$/);
  expect(result.stderr).toMatch(/\n300000\n$/);
  for (const kept of [result.stdout, result.stderr]) expect(kept.length).toBeLessThan(200_000);
});

test("gathers a large output whole", async () => {
  const result = await runTool(["head", "-c", "5000000", "/dev/zero"], options);
  expect(result.stdout.length).toBe(5_000_000);
});

test("passes exactly the given environment and has no terminal", async () => {
  const result = await runTool(["sh", "-c", "env | sort; : </dev/tty"], options);
  expect(result.stdout.toString()).toMatch(/^SET=yes$/m);
  expect(result.stdout.toString()).not.toMatch(/UNSET|HOME/);
  expect(result.exitCode).not.toBe(0);
});

test("stops the whole group after the timeout, children that ignore TERM included", async () => {
  const started = Date.now();
  const script = "(trap '' TERM; sleep 60) & sleep 60";
  const result = await runTool(["sh", "-c", script], { ...options, timeout: 100 });
  expect(result).toMatchObject({ exitCode: undefined, signal: "SIGTERM", timedOut: true });
  expect(Date.now() - started).toBeLessThan(20_000);
});

test("a background child that holds stderr open does not hold the answer back", async () => {
  const started = Date.now();
  const result = await runTool(["sh", "-c", "sleep 60 >/dev/null & echo done"], options);
  expect(result.stdout.toString()).toBe("done\n");
  expect(Date.now() - started).toBeLessThan(20_000);
});

test("rejects with the signal's reason when that cut it short, and does not start after it", async () => {
  const controller = new AbortController();
  const running = runTool(["sleep", "60"], { ...options, signal: controller.signal });
  setTimeout(() => {
    controller.abort("SIGINT");
  }, 50);
  await expect(running).rejects.toBe("SIGINT");
  await expect(runTool(["true"], { ...options, signal: controller.signal })).rejects.toBe("SIGINT");
});

test("rejects with the system's error when there is no such tool", async () => {
  await expect(runTool(["no-such-tool"], options)).rejects.toMatchObject({ code: "ENOENT" });
});
