import { expect, test } from "vitest";
import { fakeTerminal } from "../../test/support/fake-terminal.ts";
import { columnsOf, wantsColor } from "./terminal.ts";

const screen = fakeTerminal({ tty: true, columns: 132 }).stdout;
const pipe = fakeTerminal({ columns: 132 }).stdout;

test.each([
  ["always", {}, pipe, true],
  ["always", { NO_COLOR: "1" }, pipe, true],
  ["never", { FORCE_COLOR: "1" }, screen, false],
  ["auto", {}, screen, true],
  ["auto", {}, pipe, false],
  ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, screen, false],
  ["auto", { NO_COLOR: "" }, screen, true],
  ["auto", { FORCE_COLOR: "1" }, pipe, true],
  ["auto", { FORCE_COLOR: "0" }, screen, false],
  ["auto", { FORCE_COLOR: "1", TERM: "dumb" }, pipe, true],
  ["auto", { TERM: "dumb" }, screen, false],
  ["auto", { CI: "true" }, screen, false],
  ["auto", { CI: "false" }, screen, true],
] as const)("colour %s with %o", (choice, env, stream, expected) => {
  expect(wantsColor(stream, choice, env)).toBe(expected);
});

test.each([
  [{}, screen, 132],
  [{}, pipe, 80],
  [{ COLUMNS: "100" }, screen, 100],
  [{ COLUMNS: "100" }, pipe, 100],
  [{ COLUMNS: "5" }, pipe, 20],
  [{ COLUMNS: "wide" }, pipe, 80],
  [{ COLUMNS: "0" }, screen, 132],
])("columns with %o", (env, stream, expected) => {
  expect(columnsOf(stream, env)).toBe(expected);
});
