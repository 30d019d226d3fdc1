import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import { demo } from "../src/demo/index.ts";
import { exitCodes, failureCodes } from "../src/failure.ts";
import { operations } from "../src/operations/index.ts";
import { parseGuide } from "./support/guide.ts";
import { played } from "./support/samples.ts";
import { chapterOf, globalFlagsText } from "./support/reference.ts";
import { answersOfAll, refusalsOf } from "./support/refusals.ts";
import { createPlayer } from "./support/transcript.ts";
import { createWorld } from "./support/world.ts";

const docs = join(import.meta.dirname, "../docs");
const guide = readdirSync(join(docs, "guide")).filter((name) => name.endsWith(".md"));
const slow = ["attic.md", "concepts.md", "gates.md", "original-scripts.md", "reviews.md"];
const generated = "Generated from the code by `UPDATE=1 npx vitest run test/documents.test.ts`; do not edit.";

/** A document as it lies there; rewritten first where that is asked for. */
function held(path: string, text: string): string {
  if (process.env["UPDATE"] === "1") writeFileSync(join(docs, path), text);
  return readFileSync(join(docs, path), "utf8");
}

function refusals(): string {
  const codes = Object.entries(failureCodes).map(
    ([code, [kind, meaning]]) => `| \`${code}\` | ${exitCodes[kind]} ${kind} | ${meaning} |`,
  );
  const rows = operations.map(({ name }) => {
    const own = refusalsOf(name).map((code) => `\`${code}\``);
    return `| \`calm ${name}\` | ${own.join(", ")} |`;
  });
  return [
    "# Refusals",
    "",
    generated,
    "",
    'An expected "cannot" has a code, an exit code and a hint that names the next command. Under `--json` it is',
    '`{"v":1,"ok":false,"error":{"code","message","hint","retryable","details"}}`. A valid "no" is no refusal: exit code 1',
    "and `ok: true`. A bug in calm is exit code 70; signals give 130, 143 and 129. What to do about each code:",
    "[troubleshooting](guide/troubleshooting.md).",
    "",
    "## Codes",
    "",
    "| code | exit code | meaning |",
    "| --- | --- | --- |",
    ...codes,
    "",
    "## By command",
    "",
    "What the code that a command runs can answer. Every command may also answer",
    `${answersOfAll.map((code) => `\`${code}\``).join(", ")}; one that asks,`,
    "`needs_yes`, `needs_person` and `not_confirmed`.",
    "",
    "| command | codes |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

async function reference(): Promise<string> {
  const entries = [...operations, ...commands, demo(() => () => Promise.reject(new Error("not run")))];
  const shown = entries.filter((entry) => !("hidden" in entry && entry.hidden));
  const loaded = await Promise.all(shown.map((entry) => entry.load()));
  const groups = [...new Set(loaded.map(({ name }) => name.split(" ")[0] ?? ""))];
  const index = groups.map((group) => {
    const links = loaded
      .filter(({ name }) => name.split(" ")[0] === group)
      .map(({ name }) => `[${name}](#calm-${name.replaceAll(" ", "-")})`);
    return `* ${links.join(" · ")}`;
  });
  return [
    "# Commands",
    "",
    generated,
    "",
    "Each command with its help, one run of it from the transcripts that the tests replay, the keys of its JSON data and its",
    "refusals. The whole JSON Schema is printed by `calm schema <command>`.",
    "",
    ...index,
    "",
    "```text",
    globalFlagsText(),
    "```",
    "",
    ...loaded.flatMap(chapterOf),
  ].join("\n");
}

test("docs/refusals.md says what the code says", () => {
  const text = refusals();
  expect(held("refusals.md", text)).toBe(text);
});

test("docs/cli.md says what the registry says", async () => {
  const text = await reference();
  expect(held("cli.md", text)).toBe(text);
});

test("troubleshooting knows every refusal", () => {
  const text = readFileSync(join(docs, "guide/troubleshooting.md"), "utf8");
  const told = new Set([...text.matchAll(/^### `(\w+)`/gm)].map((match) => match[1]));
  expect(Object.keys(failureCodes).filter((code) => !told.has(code))).toEqual([]);
  expect([...told].filter((code) => code === undefined || !(code in failureCodes))).toEqual([]);
});

test.concurrent.for(played(guide, slow))(
  "the guide's %s shows what is printed",
  async (name, { expect: check }) => {
    const path = join("guide", name);
    const page = parseGuide(readFileSync(join(docs, path), "utf8"));
    const play = createPlayer(createWorld());
    const printed: string[][] = [];
    for (const { command } of page.steps) printed.push(await play(command));
    const text = page.render(printed);
    check(held(path, text)).toBe(text);
  },
);

test("the links of README and the documents lead somewhere", () => {
  const root = join(docs, "..");
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(docs, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join("docs", name)),
  ];
  const broken = pages.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const links = [...text.matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)].map((match) => match[1] ?? "");
    return links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(join(root, dirname(path), link)))
      .map((link) => `${path} → ${link}`);
  });
  expect(broken).toEqual([]);
});
