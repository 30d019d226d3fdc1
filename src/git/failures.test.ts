import { expect, test } from "vitest";
import { answeredId } from "./failures.ts";

test("an answer that was lost on its way is no id: git ends well although nobody could hear it", () => {
  const id = "0123456789".repeat(4);
  expect(answeredId("write-tree", `${id}\n`)).toBe(id);
  for (const lost of ["", "\n", id.slice(1)]) {
    expect(() => answeredId("write-tree", lost)).toThrow(expect.objectContaining({ code: "git_failed" }));
  }
});
