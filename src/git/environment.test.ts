import { expect, test } from "vitest";
import { isYes, readSetting } from "./config-text.ts";
import { gitEnvironment } from "./environment.ts";
import { isTooOld } from "./failures.ts";

test("the environment loses what redirects git and keeps who and with what", () => {
  const env = gitEnvironment({
    PATH: "/bin",
    GIT_DIR: "/evil",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.fsmonitor",
    GIT_CONFIG_PARAMETERS: "'a.b=c'",
    GIT_EXTERNAL_DIFF: "evil",
    GIT_TRACE2_EVENT: "/tmp/x",
    GIT_SOMETHING_NEW: "x",
    SSH_ASKPASS: "evil",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Ann",
    GIT_SSH_COMMAND: "ssh -i key",
  });
  const present = Object.entries(env).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(present)).toEqual({
    PATH: "/bin",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Ann",
    GIT_SSH_COMMAND: "ssh -i key",
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null/none",
    GIT_ASKPASS: "",
    SSH_ASKPASS_REQUIRE: "never",
    GCM_INTERACTIVE: "never",
  });
});

test("configuration text: sections, cases, comments and the last word", () => {
  const text = '# [core]\n[CORE]\n\tBare = false ; no\n[remote "core"]\n bare = true\n[core] bare\n';
  expect(readSetting(text, "core", "bare")).toBe("true");
  expect(readSetting(text, "core", "worktree")).toBeUndefined();
  expect([isYes("true"), isYes("On ; x"), isYes("1"), isYes("false"), isYes("0"), isYes(undefined)]).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("versions below 2.38 are too old", () => {
  const versions = [
    "git version 2.37.9",
    "git version 1.99",
    "git version 2.38.0",
    "git version 3.0 (Apple Git-1)",
  ];
  expect(versions.map(isTooOld)).toEqual([true, true, false, false]);
});
