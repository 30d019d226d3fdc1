import { expect, test } from "vitest";
import { declaredInputs } from "./declared-inputs.ts";

const file = (path: string, blob = "1", mode = "100644") => ({ path, blob, mode });
const files = [
  file(".config/x"),
  file("docs/a.md"),
  file("package.json"),
  file("src/a.js"),
  file("src/deep/b.js"),
];
const of = (inputs: string[], changed = files, script?: string) =>
  declaredInputs({ check: "tests:web", inputs }, changed, script);
const content = (...all: Parameters<typeof of>) => of(...all).content;

test("equal content of the same files is the same; a blob, a mode, a name, one more file are not", () => {
  const globs = ["src/**", "package.json"];
  const first = content(globs);
  expect(first).toMatch(/^[0-9a-f]{64}-inputs$/);
  expect(content(["./src/**", "package.json"])).toBe(first);
  expect(content(globs, [...files, file("docs/b.md")])).toBe(first);
  const others = [
    files.map((one) => (one.path === "src/a.js" ? file(one.path, "2") : one)),
    files.map((one) => (one.path === "src/a.js" ? file(one.path, "1", "100755") : one)),
    files.map((one) => (one.path === "src/a.js" ? file("src/c.js") : one)),
    [...files, file("src/.hidden")],
    files.filter(({ path }) => path !== "src/deep/b.js"),
  ].map((changed) => content(globs, changed));
  expect(new Set([first, ...others]).size).toBe(6);
  expect(content(globs, files, "vitest")).not.toBe(first);
});

test("negated globs take away; alone they take away from everything", () => {
  const first = content(["!docs/**"]);
  expect(content(["!docs/**"], [...files, file("docs/new.md")])).toBe(first);
  expect(content(["!docs/**"], [...files, file("other")])).not.toBe(first);
  expect(content(["**", "!docs/**"])).toBe(first);
  expect(of(["**", "!docs/**", "!nothing/**"]).problem).toBeUndefined();
});

test("a glob that matches nothing is a problem in the configuration's words", () => {
  expect(of(["src/**", "lib"]).problem).toBe(
    'checks.tests:web.inputs in .calm/config.yaml says "lib", which matches no file of this commit. All files of a folder: "folder/**"',
  );
  expect(of(["src/**", "!src/**"]).problem).toBe(
    "checks.tests:web.inputs in .calm/config.yaml leaves no file of this commit",
  );
  // A verdict of a commit where the glob still matched does not serve.
  expect(content(["docs/**", "!docs/**", "src/**"])).not.toBe(
    content(
      ["docs/**", "!docs/**", "src/**"],
      files.filter(({ path }) => path !== "docs/a.md"),
    ),
  );
});
