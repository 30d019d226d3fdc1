import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandEnvironment } from "./environment.ts";

function environment(inherited: Record<string, string | undefined>, changes: object = {}) {
  return commandEnvironment({ inherited, room: "/room", task: "SPEC-1", own: {}, ...changes });
}

const always = {
  CI: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  SSH_ASKPASS_REQUIRE: "never",
  GCM_INTERACTIVE: "never",
  TOKENIZERS_PARALLELISM: "false",
  CALM_TASK: "SPEC-1",
  CALM_WORKTREE: "/room",
};

test("inherits, and says what a gate promises", () => {
  expect(environment({ PATH: "/bin", CI: "false", GONE: undefined })).toEqual({ PATH: "/bin", ...always });
});

test("drops every variable that git calls local to a repository", () => {
  const local = execFileSync("git", ["rev-parse", "--local-env-vars"], { encoding: "utf8" })
    .trim()
    .split("\n");
  const inherited = Object.fromEntries(
    [...local, "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"].map((name) => [name, "x"]),
  );
  expect(environment({ ...inherited, GIT_AUTHOR_NAME: "Ann" })).toEqual({
    GIT_AUTHOR_NAME: "Ann",
    ...always,
  });
});

test("drops what a runner or calm has set for itself, but the marker of an outer run", () => {
  const names = [
    "NODE_TEST_CONTEXT",
    "NODE_CHANNEL_FD",
    "VITEST",
    "VITEST_POOL_ID",
    "JEST_WORKER_ID",
    "CALM_HOME",
    "CALM_WORKER",
  ];
  const inherited = Object.fromEntries(names.map((name) => [name, "x"]));
  const ofOuter = { CALM_RUN: "outer", CALM_SLOTS: "home" };
  expect(environment({ ...inherited, ...ofOuter, CALMER: "1", SSH_ASKPASS: "window" })).toEqual({
    ...ofOuter,
    CALMER: "1",
    ...always,
  });
});

test("adds the definition's own variables, and appends to what is there", () => {
  const changes = { own: { A: "1" }, appended: { NODE_OPTIONS: "--b", OTHER: "c" } };
  expect(environment({ NODE_OPTIONS: "--a" }, changes)).toEqual({
    A: "1",
    NODE_OPTIONS: "--a --b",
    OTHER: "c",
    ...always,
  });
});

test("PYTHONPATH is the room's, before what was there", () => {
  const own = { PYTHONPATH: "src" };
  expect(environment({}, { own })["PYTHONPATH"]).toBe("/room/src");
  expect(environment({ PYTHONPATH: "/other" }, { own })["PYTHONPATH"]).toBe("/room/src:/other");
  expect(environment({ PYTHONPATH: "/other" })["PYTHONPATH"]).toBe("/other");
});
