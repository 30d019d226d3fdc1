import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRspec } from "./rspec.ts";

const recorded = readFileSync(join(import.meta.dirname, "recorded/rspec.json"), "utf8");

test("counts examples, with the message and the place of a failed one", () => {
  expect(parseRspec(recorded)).toMatchObject({
    counts: { total: 3, passed: 1, failed: 1, errors: 0, skipped: 1 },
    failed: [
      {
        name: expect.stringMatching(/^CheckEnvVars#call .* fails in assertion$/) as string,
        message: expect.stringMatching(
          /^RSpec::Mocks::MockExpectationError: [^]*\n\.\/spec\/config\/check_env_vars_spec\.rb:17\n/,
        ) as string,
      },
    ],
  });
});

test("a file that cannot be loaded is an error, in no list but the messages", () => {
  const text =
    '{"version":"3.11.0","messages":["An error occurred while loading ./spec/a_spec.rb"],"examples":[],' +
    '"summary":{"duration":3.6e-05,"example_count":0,"failure_count":0,"pending_count":0,"errors_outside_of_examples_count":1}}';
  expect(parseRspec(text)).toMatchObject({
    counts: { total: 1, errors: 1 },
    failed: [{ name: "outside of examples", message: "An error occurred while loading ./spec/a_spec.rb" }],
  });
});

test("does not believe totals", () => {
  expect(parseRspec('{"examples":[],"summary":{"example_count":9,"failure_count":0}}')).toMatchObject({
    counts: { total: 0 },
  });
});

test.each([
  ["empty", ""],
  ["truncated", recorded.slice(0, -9)],
  ["jest's", '{"testResults":[]}'],
  ["without a summary", '{"examples":[]}'],
  ["an unknown status", '{"examples":[{"status":"great"}],"summary":{}}'],
])("is a problem: %s", (_, text) => {
  expect(parseRspec(text)).toEqual({ problem: expect.any(String) as string });
});

test("never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseRspec(text);
    }),
  );
});
