import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, operate, runGate } from "../support/operate.ts";
import { heldRows, nothingHeld, notebook, rows, runningWorld, taskIn } from "../support/running.ts";
import type { World } from "../support/world.ts";

/** A world whose tests are one hostile script, unless a file stands in for it; with a second, quiet check beside it. */
async function hostileWorld(
  script: string,
  more = "",
): Promise<{ world: World; env: Record<string, string> }> {
  const world = await runningWorld({
    tests: `{ run: 'test -e "$TAMED" || . "$SCRIPT"', min_tests: 0${more} }`,
    lint: `{ run: "sleep 0.2" }`,
  });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  const path = join(world.folder, "script.sh");
  writeFileSync(path, script);
  return { world, env: { SCRIPT: path, ...notebook(world, "TAMED").env, ...notebook(world, "NOTES").env } };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}

/** Once the script is tamed, the next gate passes as if nothing had been. */
async function expectUnharmed(world: World, env: Record<string, string>): Promise<void> {
  for (const line of notebook(world, "NOTES").lines()) {
    await expect.poll(() => lives(Number(line)), { timeout: 5000, message: line }).toBe(false);
  }
  expect(heldRows(world)).toEqual(nothingHeld);
  expect(rows(world, "select id from gate_runs where state = 'running'")).toEqual([]);
  writeFileSync(env["TAMED"] ?? "", "");
  await runGate(world, "gate check SPEC-1", true, { env });
}

test.each([
  ["leaves a daemon in its group", "sleep 300 & echo $! >>$NOTES", "left processes behind"],
  [
    "forks a daemon twice into a session of its own",
    `setsid sh -c 'sh -c "echo \\$\\$ >>$NOTES; exec sleep 300" </dev/null >/dev/null 2>&1 &'; sleep 0.2`,
    "left processes behind",
  ],
  ["ignores TERM", `echo $$ >>$NOTES; trap '' TERM; while :; do sleep 1; done`, "stopped after its timeout"],
  ["closes its pipes", "exec >&- 2>&-; sleep 0.2; exit 3", "exit code 3"],
  ["kills its group", "kill -9 0", "killed by SIGKILL"],
  [
    "asks git for a password",
    `printf 'protocol=https\\nhost=example.org\\n\\n' | git credential fill`,
    "exit code 128",
  ],
])("a command that %s fails, and harms nothing else", async (_, script, message) => {
  const { world, env } = await hostileWorld(script, ", timeout: 2s");
  const asked = join(world.folder, "asked");
  const window = join(world.folder, "window.sh");
  writeFileSync(window, `#!/bin/sh\ntouch ${asked}\necho secret\n`, { mode: 0o755 });
  const asking = { ...env, GIT_ASKPASS: window, SSH_ASKPASS: window, DISPLAY: ":0" };
  const { checks } = await runGate(world, "gate check SPEC-1", false, { env: asking });
  expect(checks["tests"]).toMatchObject({ verdict: "fail" });
  expect(checks["tests"]?.message).toContain(message);
  expect(checks["lint"]).toMatchObject({ verdict: "pass" });
  expect(existsSync(asked)).toBe(false);
  await expectUnharmed(world, env);
});

test("a command that reads its input gets the end of it, and finds no terminal", async () => {
  const { world, env } = await hostileWorld("cat; if (true </dev/tty) 2>/dev/null; then exit 1; fi");
  await runGate(world, "gate check SPEC-1", true, { env });
});

test("G9: what a command prints is shown harmless, and its JSON is whole", async () => {
  const script = `printf '\\033[31mred\\007 \\377\\376 \\000nul\\033]0;title\\007\\n'; exit 1`;
  const { world, env } = await hostileWorld(script);
  const { run, checks } = await runGate(world, "gate check SPEC-1", false, { env });
  expect(checks["tests"]?.message).toContain("\u001b[31mred");
  const log = (await operate(world, `gate log ${run} tests`)).data["output"] as string;
  expect(log).toContain("\0nul");
  const harmless = (nul: string): string =>
    String.raw`\x1b[31mred\x07 ${"\ufffd\ufffd"} ${nul}nul\x1b]0;title\x07`;
  for (const line of [`gate log ${run}`, `gate log ${run} tests`, "gate check SPEC-1"]) {
    const { out, err } = await world.calm(line.split(" "), { env });
    expect(out).toContain(harmless(line.endsWith(" tests") ? "\\x00" : "\u2400"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    // eslint-disable-next-line no-control-regex -- none of them may be there
    expect(out + err).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
  }
});

test.each([
  ["commits", "git commit --quiet --allow-empty -m mine", /HEAD of .* moved/],
  ["moves its HEAD", "git reset --quiet --hard HEAD~1", /HEAD of .* moved/],
  ["moves its HEAD to main", "git checkout --quiet --detach main", /HEAD of .* moved/],
  ["edits", "echo more >>src/new.js", /files changed in/],
])("a command that %s in the worktree voids its run", async (_, script, reason) => {
  const { world, env } = await hostileWorld(script);
  const tree = world.worktree("SPEC-1");
  const [head, main] = [world.git(["rev-parse", "HEAD"], tree), world.git(["rev-parse", "main"])];
  const answer = await operate(world, "gate check SPEC-1", { env });
  expect([answer.exitCode, answer.data["verdict"]]).toEqual([1, "void"]);
  expect(answer.data["reason"]).toMatch(reason);
  expect(world.git(["rev-parse", "main"])).toBe(main);
  world.git(["checkout", "--quiet", "--force", "SPEC-1"], tree);
  world.git(["reset", "--quiet", "--hard", head], tree);
  await expectUnharmed(world, env);
});

test("a command that deletes its worktree ends its run; the worktree can be had again", async () => {
  const { world, env } = await hostileWorld(`rm -rf "$PWD"`);
  const tree = world.worktree("SPEC-1");
  const answer = await operate(world, "gate check SPEC-1", { env });
  expect(answer.exitCode).not.toBe(0);
  expect(answer.exitCode).not.toBe(70);
  const reason = `${tree} was removed, or broken, while the gate ran`;
  expect(rows(world, "select verdict, reason from gate_runs")).toEqual([{ verdict: "void", reason }]);
  expect(existsSync(tree)).toBe(false);
  world.git(["worktree", "prune"]);
  world.git(["worktree", "add", "--quiet", tree, "SPEC-1"]);
  await expectUnharmed(world, env);
});

test("a command that fills calm's private folder, and closes it, leaves nothing there", async () => {
  const source = `const { test } = require("node:test");\nconst fs = require("node:fs");
const file = /destination="([^"]+)"/.exec(process.env.NODE_OPTIONS ?? "")?.[1];
const folder = require("node:path").dirname(file);
test("fills", () => {
  fs.mkdirSync(folder + "/closed/inner", { recursive: true });
  for (let at = 0; at < 2000; at++) fs.writeFileSync(folder + "/closed/inner/" + at, "x");
  fs.chmodSync(folder + "/closed/inner", 0);
  fs.chmodSync(folder + "/closed", 0);
});\n`;
  const world = await runningWorld({ tests: '{ run: "node --test" }' });
  await taskIn(world, "SPEC-1", "IMPLEMENT");
  world.commit({ "test/add.test.js": source }, "fills", world.worktree("SPEC-1"));
  const { checks } = await runGate(world, "gate check SPEC-1", true);
  const folder = join(checks["tests"]?.log_path ?? "", "..");
  expect(readdirSync(folder).filter((name) => name.startsWith("report-"))).toEqual([]);
  expect(await must(world, "task show SPEC-1")).toMatchObject({ id: "SPEC-1" });
});
