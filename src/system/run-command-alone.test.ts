import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath, platform } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder, testCommand } from "./command.fixture.ts";
import { endLeftProcesses } from "./left-processes.ts";
import { startedAt } from "./process-identity.ts";

const driver = `
  import { readFileSync } from "node:fs";
  import { runCommand } from ${JSON.stringify(join(import.meta.dirname, "run-command.ts"))};
  const command = JSON.parse(process.argv[1]);
  const result = await runCommand({ ...command, signal: new AbortController().signal });
  // Linux counts what the parent held at the fork in maxRSS (setmax_mm_hiwater_rss in exec); VmHWM begins anew.
  const own = process.platform === "linux" && /VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  const peak = own ? Number(own[1]) : process.resourceUsage().maxRSS;
  console.log(JSON.stringify({ ...result, peak }));
`;
let program = "";

beforeAll(async () => {
  const built = await build({
    stdin: { contents: driver, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
  });
  program = built.outputFiles[0]?.text ?? "";
});

/** Runs one command in a process that does nothing else; gives what it printed, and how it ended. */
async function runAlone(line: string, marker: string) {
  const command = testCommand(["sh", "-c", line], { marker, logLimit: 1_000_000 });
  const alone = spawn(execPath, ["--input-type=module", "-e", program, "--", JSON.stringify(command)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  alone.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const [code, signal] = (await once(alone, "close")) as [number | null, string | null];
  return { code, signal, printed };
}

test("G6: memory stays flat while a command floods", async () => {
  const { code, printed } = await runAlone("head -c 300000000 /dev/zero; yes | head -c 200000000", "flood");
  expect(code).toBe(0);
  const result: unknown = JSON.parse(printed);
  expect(result).toMatchObject({ end: "exit", exitCode: 0, logCut: true });
  expect((result as { peak: number }).peak).toBeLessThan(200_000);
});

test.runIf(platform === "linux")("G11: what outlives a killed calm is found by its marker", async () => {
  const pid = join(temporaryFolder(), "pid");
  const marker = `killed-${pid}`;
  const line = `echo $$ >${pid}.new; mv ${pid}.new ${pid}; kill -9 $PPID; exec sleep 60`;
  const { signal } = await runAlone(line, marker);
  expect(signal).toBe("SIGKILL");
  while (!existsSync(pid)) await sleep(5);
  const survivor = Number(readFileSync(pid, "utf8"));
  expect(startedAt(survivor)).toBeDefined();
  expect(await endLeftProcesses({ group: 0, marker })).toHaveLength(1);
  expect(startedAt(survivor)).toBeUndefined();
});
