import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../failure.ts";
import { fitBriefing } from "./fit.ts";
import type { Part, Section, SectionName } from "./section.ts";

const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.constantFrom(
        "\n",
        "```",
        "~~~",
        "`````",
        "💡",
        "é",
        "線",
        "\n```data\n",
        "x".repeat(300),
        "線💡é".repeat(60),
      ),
    ),
    { maxLength: 12 },
  )
  .map((words) => words.join("").replaceAll("\uFFFD", ""));
const whole = fc.constantFrom("calm task show SPEC-001", "calm worker prompt _base");
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant("fixed" as const), text }),
  fc.record({ kind: fc.constantFrom("prompt" as const, "data" as const), text, whole }),
);
const names: readonly SectionName[] = ["base", "role", "task", "environment", "documents"];
const sections: fc.Arbitrary<Section[]> = fc
  .tuple(...names.map((name) => fc.array(part, { maxLength: 3 }).map((parts) => ({ name, parts }))))
  .map((all) => [
    ...all,
    { name: "next", parts: [{ kind: "fixed", text: "NEXT: calm gate check SPEC-001" }] },
  ]);

const bytes = (of: string): number => Buffer.byteLength(of);

/** The fewest bytes in which a briefing fits, from the refusal itself. */
function leastOf(given: readonly Section[]): number {
  try {
    fitBriefing(given, 1, "calm");
    return 1;
  } catch (error) {
    return error instanceof Failure ? Number(error.details["least"]) : Number.NaN;
  }
}

test("a briefing never takes more bytes than allowed, and never loses calm's own words", () => {
  fc.assert(
    fc.property(sections, fc.nat(6000), (given, more) => {
      const most = leastOf(given) + more;
      const fitted = fitBriefing(given, most, "calm");
      expect(bytes(fitted.text)).toBeLessThanOrEqual(most);
      expect(Buffer.from(fitted.text).toString("utf8")).toBe(fitted.text);
      expect(fitted.text).not.toMatch(/\p{Surrogate}|\uFFFD/u);
      expect(fitted.text).toContain("NEXT: calm gate check SPEC-001");
      expect(fitted.sections.map(({ name }) => name)).toEqual([...names, "next"]);
      for (const { kind, text: said } of given.flatMap(({ parts }) => parts)) {
        if (kind === "fixed") expect(fitted.text).toContain(said);
      }
      const cut = fitted.sections.reduce((sum, section) => sum + section.cut, 0);
      expect(cut > 0).toBe(fitted.text.includes("[cut: "));
    }),
    { numRuns: 150 },
  );
});

test("the longest parts are cut first, and nothing where all fits", () => {
  const prompt = (name: SectionName, length: number): Section => ({
    name,
    parts: [{ kind: "prompt", text: "a line\n".repeat(length / 7), whole: `read ${name}` }],
  });
  const given = [prompt("base", 700), prompt("role", 7000), prompt("documents", 70_000)];
  expect(fitBriefing(given, 100_000, "calm").sections.map(({ cut }) => cut)).toEqual([0, 0, 0]);
  const [base, role, documents] = fitBriefing(given, 20_000, "calm").sections;
  expect([base?.cut, role?.cut]).toEqual([0, 0]);
  expect(documents?.cut).toBeGreaterThan(57_000);
  expect(documents?.cut).toBeLessThan(58_000);
  expect(documents?.text).toMatch(
    /a line\n\n\[cut: \d+ of 70000 bytes are left out here; read all of it: read documents\]$/,
  );
  const tight = fitBriefing(given, 3000, "calm").sections;
  expect(tight.map(({ cut }) => cut > 0)).toEqual([false, true, true]);
  expect(() => fitBriefing(given, 100, "calm")).toThrow("--max-bytes 100 is too small");
});
