import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import { operations } from "../src/operations/index.ts";
import { played } from "./support/samples.ts";
import { createPlayer, parseTranscript, renderTranscript } from "./support/transcript.ts";
import { createWorld } from "./support/world.ts";

const folder = join(import.meta.dirname, "transcripts");
const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
const slow = ["backups.txt", "bug.txt", "doctor.txt", "gates.txt", "json-seed.txt", "migrate-in-place.txt"];
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

test.concurrent.for(played(files, slow))("transcript %s", async (name, { expect: check }) => {
  const steps = parseTranscript(read(name));
  const play = createPlayer(createWorld());
  const printed: string[][] = [];
  for (const step of steps) printed.push(await play(step.command));
  const text = renderTranscript(steps, printed);
  if (process.env["UPDATE"] === "1") writeFileSync(join(folder, name), text);
  check(read(name)).toBe(text);
});

const names = operations.map(({ name }) => name).sort((a, b) => b.length - a.length);

/** The operation that a step runs. */
function operationOf(command: string): string | undefined {
  const line = /\bcalm (?:--json )?([^)]*)/.exec(command)?.[1];
  return names.find((name) => line === name || line?.startsWith(`${name} `));
}

test("every operation is played: its normal use, a refusal or a no, and its --json", () => {
  const played = files.flatMap((name) => parseTranscript(read(name)));
  const missing = operations.flatMap(({ name }) => {
    const runs = played.filter(({ command }) => operationOf(command) === name);
    const refused = runs.filter(({ expected }) => expected.at(-1)?.startsWith("? ") === true);
    return [
      ...(runs.length > refused.length ? [] : [`${name}: normal use`]),
      ...(refused.length > 0 ? [] : [`${name}: a refusal`]),
      ...(runs.some(({ command }) => command.includes("--json")) ? [] : [`${name}: --json`]),
    ];
  });
  // What only a person may do has its normal use in test/operations/terminal.test.ts.
  expect(missing).toEqual(["task override: normal use", "approve: normal use"]);
});

test("every command stands in a transcript", () => {
  const played = files.flatMap((name) => parseTranscript(read(name)).map((step) => step.command)).join("\n");
  const shown = commands.filter((command) => command.hidden !== true);
  expect(shown.filter(({ name }) => !played.includes(`calm ${name}`))).toEqual([]);
});
