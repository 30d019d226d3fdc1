import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import { operations } from "../src/operations/index.ts";
import { createPlayer, parseTranscript, renderTranscript } from "./support/transcript.ts";
import { createWorld } from "./support/world.ts";

const folder = join(import.meta.dirname, "transcripts");
const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

test.concurrent.for(files)("transcript %s", async (name, { expect: check }) => {
  const steps = parseTranscript(read(name));
  const play = createPlayer(createWorld());
  const printed: string[][] = [];
  for (const step of steps) printed.push(await play(step.command));
  const text = renderTranscript(steps, printed);
  if (process.env["UPDATE"] === "1") writeFileSync(join(folder, name), text);
  check(read(name)).toBe(text);
});

test("every operation stands in a transcript", () => {
  const played = files.flatMap((name) => parseTranscript(read(name)).map((step) => step.command)).join("\n");
  const shown = [...operations, ...commands.filter((command) => command.hidden !== true)];
  const missing = shown.filter(({ name }) => !played.includes(`calm ${name}`));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
