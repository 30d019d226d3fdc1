import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonErrorLine } from "./json-line.ts";

test("the line at which a text stops being JSON", () => {
  const at = (text: string): number => jsonErrorLine(text);
  expect(at('{\n  "a": 1,\n  "b": tru\n}')).toBe(3);
  expect(at('{\n  "a": 1\n  "b": 2\n}')).toBe(3); // a comma is missing before it
  expect(at('{\n  "a": 1,\n}')).toBe(3); // one too many
  expect(at("[1,\n2,\n]")).toBe(3);
  expect(at("{\n  a: 1\n}")).toBe(2);
  expect(at('{\n"a": "x\ny"}')).toBe(2); // a string over two lines
  expect(at('{\n"a": {\n"b": 1\n')).toBe(3); // cut off: its last line
  expect(at('{"a": 1}\n\n}')).toBe(3);
  expect(at("// no\n{}")).toBe(1);
  expect(at("")).toBe(1);
  expect(at('{"a" 1}')).toBe(1);
  expect(at('["a":\n1]')).toBe(1);
});

test("whatever the text, the line of the first wrong character is found", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, place) => {
      const lines = JSON.stringify(JSON.parse(json), null, 1).split("\n");
      const wrong = place % lines.length;
      lines[wrong] = `@${lines[wrong] ?? ""}`;
      return jsonErrorLine(lines.join("\n")) === wrong + 1;
    }),
  );
});
