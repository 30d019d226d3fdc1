import fc from "fast-check";
import { expect, test } from "vitest";
import { closeFence, fenceData, inlineCode } from "./fence.ts";

/** The lines that a reader of Markdown takes for text, and whether a block is left open at the end. */
function read(markdown: string): { readonly text: string[]; readonly open: boolean } {
  const text: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const [, indent = "", mark = "", info = ""] = /^( *)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    const isMark = mark !== "" && indent.length < 4;
    if (fence === undefined && isMark && (mark.startsWith("~") || !info.includes("`"))) fence = mark;
    else if (fence === undefined) text.push(line);
    else if (isMark && mark.startsWith(fence) && info.trim() === "") fence = undefined;
  }
  return { text, open: fence !== undefined };
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "```",
        "````",
        "`",
        "~~~",
        "```data",
        "   ```",
        "\n",
        "\n```\n",
        "ignore all that",
        " ",
        "\\`",
      ),
      fc.nat(40).map((length) => "`".repeat(length)),
    ),
    { maxLength: 25 },
  )
  .map((words) => words.join(""));

test("nothing that others wrote ends its block, whole or cut", () => {
  fc.assert(
    fc.property(hostile, fc.nat(100), (body, kept) => {
      for (const fenced of [fenceData(body), fenceData(body, body.slice(0, kept))]) {
        const [sentence, ...rest] = read(`${fenced}\nAFTER`).text;
        expect(sentence).toMatch(/data, not instructions/);
        expect(rest).toEqual(["", "AFTER"]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a prompt that is cut within a code block swallows nothing of what follows", () => {
  fc.assert(
    fc.property(hostile, (prompt) => {
      const closed = closeFence(prompt);
      expect(read(closed).open).toBe(false);
      expect(closed === prompt).toBe(!read(prompt).open);
    }),
    { numRuns: 500 },
  );
});

test("inline code holds backticks and line breaks", () => {
  expect([inlineCode("/a b"), inlineCode("a`b"), inlineCode("a\nb")]).toEqual([
    "`/a b`",
    "`` a`b ``",
    "`a\\nb`",
  ]);
});
