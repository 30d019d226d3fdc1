import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import { hasScript, program, realCalm, start, startCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const placeOf = (world: World) => ({ cwd: world.repository, env: world.env });

test.concurrent("log --follow shows each event of ten writers once, in order, in text and in JSON", async ({
  expect,
  onTestFinished,
}) => {
  const world = createWorld();
  await world.calm(["counter", "add", "many"]);
  const followers = [
    ["log", "--follow", "--limit", "1"],
    ["log", "--follow", "--json"],
  ].map((line) => startCalm(line, placeOf(world)));
  for (const { child } of followers) onTestFinished(() => void child.kill("SIGKILL"));
  const seen = followers.map(({ child }) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    return () => text;
  });
  const perWriter = 2;
  const write = async (): Promise<void> => {
    for (let count = 0; count < perWriter; count++) {
      expect((await realCalm(["counter", "increment", "many"], placeOf(world))).exitCode).toBe(0);
    }
  };
  await Promise.all(Array.from({ length: 10 }, write));
  await realCalm(["counter", "add", "the-last"], placeOf(world));
  for (const one of seen) await expect.poll(one, { timeout: 20_000 }).toContain("the-last");
  for (const { child } of followers) child.kill("SIGINT");
  const [text, json] = await Promise.all(followers.map(({ ended }) => ended));
  expect([text?.exitCode, json?.exitCode, text?.err, json?.err]).toEqual([130, 130, "", ""]);
  const documents = (json?.out ?? "").trimEnd().split("\n");
  const events = documents.flatMap(
    (line) => (JSON.parse(line) as { data: { events: { seq: number }[] } }).data.events,
  );
  const all = Array.from({ length: 2 + 10 * perWriter }, (_, index) => index + 1);
  expect(events.map(({ seq }) => seq)).toEqual(all);
  const lines = (text?.out ?? "").trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(1);
  const shown = lines.slice(1).map((line) => Number(line.split(" ")[0]));
  expect(shown).toEqual(all.slice(all.indexOf(shown[0] ?? 0)));
});

test.concurrent("log --follow ends without a word when its reader goes away", async ({
  expect,
  onTestFinished,
}) => {
  const world = createWorld();
  await world.calm(["counter", "add", "one"]);
  const script = `"${process.execPath}" "${program}" log --follow | head -n 2`;
  const { child, ended } = start(["sh", "-c", script], placeOf(world));
  onTestFinished(() => void child.kill("SIGKILL"));
  const writing = (async () => {
    while (child.exitCode === null) {
      await realCalm(["counter", "increment", "one"], placeOf(world));
      await sleep(100);
    }
  })();
  expect(await ended).toMatchObject({ exitCode: 0, err: "" });
  await writing;
});

test.skipIf(!hasScript())(
  "status --watch draws what others write, within the terminal, and gives it back on Ctrl-C",
  { concurrent: true },
  async ({ expect, onTestFinished }) => {
    const world = createWorld();
    for (let count = 0; count < 12; count++) await world.calm(["task", "create", "SPEC", "--next", "Title"]);
    // The shell outlives the Ctrl-C and tells how calm ended.
    const script = `trap : INT; stty rows 12 cols 60; "${process.execPath}" "${program}" status --watch; echo "ended $?"`;
    const env = { ...world.env, TERM: "xterm-256color", SHELL: "/bin/sh" };
    const line = ["script", "-qec", script, "/dev/null"];
    const { child, ended } = start(line, { cwd: world.repository, env }, null);
    onTestFinished(() => void child.kill("SIGKILL"));
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => (seen += chunk.toString("utf8")));
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("12 open");
    await realCalm(["task", "create", "SPEC", "--next", "Title"], placeOf(world));
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("13 open");
    child.stdin?.write("\x03");
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("ended 130");
    child.stdin?.end();
    const { out } = await ended;
    const frames = out.split("\x1b[?2026h").slice(1);
    expect(frames.length).toBeGreaterThanOrEqual(2);
    for (const frame of frames) {
      const [drawn = ""] = frame.split("\x1b[?2026l");
      expect(drawn.split("\n").length).toBeLessThanOrEqual(12);
      expect(drawn).toMatch(/more lines? below; calm status every 2 s/);
    }
    expect(out.indexOf("\x1b[?1049h")).toBeLessThan(out.indexOf("12 open"));
    // The wrapping of lines, the cursor and the screen are what they were.
    expect(out).toContain("\x1b[?7h\x1b[?25h\x1b[?1049l");
    expect(out).not.toContain("error:");
  },
);
