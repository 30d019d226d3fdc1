import { expect, test } from "vitest";
import { findPacked, parsePackedRefs } from "./ref-files.ts";
import { isRefName, revision } from "./ref-name.ts";

const id = "a".repeat(40);

test("ref names follow git's rules, and nothing else gets on a command line", () => {
  for (const good of ["refs/heads/x", "refs/heads/-x", "refs/heads/ä/ö", "refs/calm/attic/T-1/1"]) {
    expect(isRefName(good), good).toBe(true);
  }
  const bad = [
    "main",
    "refs/heads/",
    "refs/heads/a..b",
    "refs/heads/../x",
    "refs/heads/.x",
    "refs/heads/x.lock",
  ];
  for (const name of [
    ...bad,
    "refs/heads/a b",
    "refs/heads/a\n",
    "refs/heads/x.",
    "refs//x",
    "refs/heads/@{1}",
  ]) {
    expect(isRefName(name), name).toBe(false);
  }
  for (const text of ["HEAD", "--output=x", "main", id.slice(1), `${id}^`]) {
    expect(() => revision(text), text).toThrow("Neither a full ref name");
  }
});

test("packed-refs: peeled lines and names with the same end are not the ref", () => {
  const text = `# pack-refs with: peeled\n${id} refs/heads/a/main\n${"b".repeat(40)} refs/heads/main\n${"c".repeat(40)} refs/tags/v1\n^${id}\n`;
  expect(findPacked(text, "refs/heads/main")).toBe("b".repeat(40));
  expect(findPacked(text, "refs/heads/mai")).toBeUndefined();
  expect([...parsePackedRefs(text, "refs/heads/").keys()]).toEqual(["refs/heads/a/main", "refs/heads/main"]);
});
