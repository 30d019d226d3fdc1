import { expect, test } from "vitest";
import { byteSize } from "./bytes.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9960, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [4.2e15, "4200 TB"],
])("%d is %s", (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});
