import fc from "fast-check";
import { expect, test } from "vitest";
import { anyText } from "../../test/support/any-text.ts";
import { escapeControls, escapeJson } from "./escape.ts";

test("harmless text stays as it is, the same string", () => {
  const text = "Grüße, 日本語, 👩‍👩‍👧 and ñ";
  expect(escapeControls(text)).toBe(text);
});

test("what could drive a terminal becomes visible", () => {
  expect(escapeControls("a\x1b[31mb\x07\x7f\x9b2J")).toBe("a\\x1b[31mb\\x07\\x7f\\x9b2J");
  expect(escapeControls("a\u202eb\u2066c\u200fd")).toBe("a\\u202eb\\u2066c\\u200fd");
  expect(escapeControls("a\u2028b\ufeffc\ud800d")).toBe("a\\u2028b\\ufeffc\\ud800d");
});

test("line breaks and tabs follow the policy", () => {
  const text = "a\nb\r\nc\td\re";
  expect(escapeControls(text)).toBe("a\\nb\\nc\\td\\x0de");
  expect(escapeControls(text, "keep")).toBe("a\nb\nc\td\\x0de");
  expect(escapeControls(text, "space")).toBe("a b c d\\x0de");
});

test("nothing dangerous is left, whatever the text", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(escapeControls(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

test("escaped JSON has the same value and nothing that drives a terminal", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const json = escapeJson(JSON.stringify({ text }));
      expect(json).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(JSON.parse(json)).toEqual({ text });
    }),
  );
  expect(escapeJson('{\n  "a": 1\n}')).toBe('{\n  "a": 1\n}');
});
