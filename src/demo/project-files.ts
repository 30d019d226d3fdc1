/** The small project that the demo begins with; its tests pass although its code has a bug. */
export const firstFiles: Readonly<Record<string, string>> = {
  "package.json": `{
  "name": "degrees",
  "version": "1.0.0",
  "description": "Converts temperatures",
  "scripts": { "test": "node --test" }
}
`,
  "src/degrees.js": `exports.toFahrenheit = (celsius) => celsius * 9 / 5 + 32;
exports.toCelsius = (fahrenheit) => fahrenheit - 32 * 5 / 9;
`,
  "test/to-fahrenheit.test.js": `const assert = require("node:assert");
const { test } = require("node:test");
const { toFahrenheit } = require("../src/degrees.js");

test("water boils at 212 °F", () => assert.equal(toFahrenheit(100), 212));
`,
  ".gitignore": "node_modules/\n",
  ".calm/config.yaml": `version: 1
checks:
  lint: { none: "the demo has no linter" }
  types: { none: "plain JavaScript" }
gates:
  # A real project leaves these out: then a person approves the specification and the proposal.
  SPEC-DESIGN: { approval: none }
  DESIGN-IMPLEMENT: { approval: none }
`,
};

/** What the specification and the proposal of the feature say. */
export const spec = `# SPEC-001: Convert to Kelvin

## Problem

Scientists want Kelvin, and the library does not have it.

## Requirements

- toKelvin(celsius) adds 273.15.
- A temperature below absolute zero is refused with a RangeError.
`;
export const proposal = `# SPEC-001: proposal

## Approach

One more function in src/degrees.js, beside its two siblings.

## Tests

The freezing point of water, and a temperature that cannot be.
`;

/** The feature itself. */
export const feature: Readonly<Record<string, string>> = {
  "src/degrees.js": `exports.toKelvin = (celsius) => {
  if (celsius < -273.15) throw new RangeError("below absolute zero");
  return celsius + 273.15;
};
exports.toFahrenheit = (celsius) => celsius * 9 / 5 + 32;
exports.toCelsius = (fahrenheit) => fahrenheit - 32 * 5 / 9;
`,
  "test/to-kelvin.test.js": `const assert = require("node:assert");
const { test } = require("node:test");
const { toKelvin } = require("../src/degrees.js");

test("water freezes at 273.15 K", () => assert.equal(toKelvin(0), 273.15));
test("nothing is below absolute zero", () => assert.throws(() => toKelvin(-300), RangeError));
`,
  "changelog.d/SPEC-001.md": "Added: toKelvin.\n",
};

/** What was found out about the bug. */
export const bugReport = `# BUG-001: toCelsius is wrong

## Reproduction Steps

    node -p 'require("./src/degrees.js").toCelsius(212)'

## Expected

100

## Actual

194.22

## Root Cause

Without parentheses the factor 5/9 binds to 32 alone (src/degrees.js, toCelsius).

## Fix Plan

Parentheses around the difference, and a test with the boiling point of water.
`;

/** The test that shows the bug, and the fix. */
export const bugTest = `const assert = require("node:assert");
const { test } = require("node:test");
const { toCelsius } = require("../src/degrees.js");

test("212 °F is 100 °C", () => assert.equal(toCelsius(212), 100));
`;
export const wrongLine = "(fahrenheit) => fahrenheit - 32 * 5 / 9;";
export const rightLine = "(fahrenheit) => (fahrenheit - 32) * 5 / 9;";
