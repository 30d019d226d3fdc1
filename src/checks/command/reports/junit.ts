import { isAbsolute } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

// A document type may define entities that grow without bound, and no runner writes one.
const doctype = /^\uFEFF?(\s|<\?[^>]*\?>|<!--(?!-?>)[\s\S]*?-->)*<!DOCTYPE/i;

/** Counts the test cases of a JUnit XML report; the totals that it claims are not looked at. */
export function parseJunit(text: string): TestReport | ReportProblem {
  if (text.trim() === "") return { problem: "is empty" };
  if (doctype.test(text)) return { problem: "has a document type, which calm does not read" };
  try {
    // The parser itself takes a truncated document for a whole one.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is a package of its own
    const valid = XMLValidator.validate(text);
    if (valid !== true) return { problem: `is no well-formed XML: line ${valid.err.line}: ${valid.err.msg}` };
    return countCases(newParser().parse(text));
  } catch (error) {
    return { problem: `is no readable XML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function newParser(): XMLParser {
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseTagValue: false,
    parseAttributeValue: false,
    htmlEntities: true, // for numeric references such as &#10;
    processEntities: { enabled: true, maxExpandedLength: Infinity, maxEntityCount: 1 },
  });
}

function countCases(document: unknown): TestReport | ReportProblem {
  const root = asRecord(document);
  if (!("testsuites" in root || "testsuite" in root))
    return { problem: "is no JUnit XML: it has no <testsuites>" };
  const report = new ReportBuilder();
  const waiting: Record<string, unknown>[] = [root];
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    for (const [tag, children] of Object.entries(element)) {
      if (tag.startsWith("@")) continue;
      for (const child of Array.isArray(children) ? children : [children]) {
        if (tag === "testcase") addCase(report, asRecord(child));
        else if (tag === "failure" || tag === "error") addSuiteError(report, element, child);
        else if (typeof child === "object" && child !== null) waiting.push(asRecord(child));
      }
    }
  }
  return report.report();
}

function addCase(report: ReportBuilder, testcase: Record<string, unknown>): void {
  const bare = textOf(testcase["@name"]);
  const group = textOf(testcase["@classname"]);
  const name = group && group !== "test" && !bare.startsWith(group) ? `${group} ${bare}` : bare;
  // A test that is still to be done may fail, so node lists it as skipped and failed.
  if ("skipped" in testcase) report.add("skipped", name, "");
  else if ("failure" in testcase) report.add("failed", name, messageOf(testcase["failure"]));
  else if ("error" in testcase) report.add("error", name, messageOf(testcase["error"]));
  else if (group.startsWith("@setup-script:"))
    return; // nextest lists what it ran before the tests
  else if (reruns.some((tag) => tag in testcase)) report.addFlaky(name);
  else if (!isFileWithoutTests(bare, testcase)) report.add("passed", name, "");
}

// Surefire and nextest list the failed runs of a test that passed in the end; without <failure> it did.
const reruns = ["flakyFailure", "flakyError", "rerunFailure", "rerunError"];

const scriptName = /\.[cm]?[jt]sx?$/;
const testFileName = /(^|\/)(test|test-[^/]*|[^/]*[._-]test)\.[^./]+$/;

// node:test lists a file in which no test was defined as a passing test of the file's name: absolute in Node 20,
// relative in Node 22, relative with the attribute `file` in Node 24.
function isFileWithoutTests(name: string, testcase: Record<string, unknown>): boolean {
  if (!scriptName.test(name)) return false;
  if (isAbsolute(name)) return true;
  if (textOf(testcase["@classname"]) !== "test") return false;
  const file = textOf(testcase["@file"]);
  if (file !== "") return file.endsWith(`/${name}`);
  return !/\s/.test(name) || testFileName.test(name);
}

// Some tools tell about a suite that could not be loaded outside of any test case.
function addSuiteError(report: ReportBuilder, suite: Record<string, unknown>, child: unknown): void {
  report.add("error", textOf(suite["@name"]) || "test suite", messageOf(child));
}

function messageOf(node: unknown): string {
  const [first] = Array.isArray(node) ? (node as unknown[]) : [node];
  if (typeof first === "string") return first;
  const element = asRecord(first);
  return textOf(element["#text"]) || textOf(element["@message"]);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
