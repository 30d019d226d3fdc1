import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellQuote } from "../../model/shell-quote.ts";
import { simpleCommands } from "./shell-line.ts";

function words(line: string): readonly (readonly string[])[] | undefined {
  return simpleCommands(line)?.map((command) => command.words);
}

test("splits a line into its commands", () => {
  expect(words("tsc && vitest run || true; a | b\nc")).toEqual([
    ["tsc"],
    ["vitest", "run"],
    ["true"],
    ["a"],
    ["b"],
    ["c"],
  ]);
});

test("drops quotes, redirections and leading assignments", () => {
  const line = `A=1 B='x y' jest 'a b' "c\\"d" e\\ f g"h"'i' >out.txt 2>&1 2> err --last`;
  expect(words(line)).toEqual([["jest", "a b", 'c"d', "e f", "ghi", "--last"]]);
});

test("gives up where only a shell can know", () => {
  const lines = [
    "a $(b)",
    "a `b`",
    "(a)",
    "{ a; }",
    "a # b",
    "a <<E",
    "a &",
    "a & b",
    "a;",
    "&& a",
    "a 'b",
    "",
  ];
  for (const line of [...lines, "a \\\n b", "if a; then b; fi", "a;; b"]) expect(words(line)).toBeUndefined();
});

test("a quoted word comes back from sh as it was", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (word) => {
      fc.pre(!word.includes("\0"));
      const printed = execFileSync("sh", ["-c", `printf %s ${shellQuote(word)}`]);
      expect(printed.toString()).toBe(Buffer.from(word).toString());
    }),
    { numRuns: 40 },
  );
  expect(shellQuote("--a=/b c")).toBe("'--a=/b c'");
  expect(shellQuote("--a=/b")).toBe("--a=/b");
});
