import fc from "fast-check";
import { expect, test } from "vitest";
import { OutputTail } from "./output-tail.ts";

test("is the end of the text, however it is cut into chunks", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", "😀"), maxLength: 400 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { minLength: 1 }), (output, sizes) => {
      const bytes = Buffer.from(output);
      const tail = new OutputTail();
      for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
        const size = (sizes[turn % sizes.length] ?? 0) + 1;
        tail.add("stdout", bytes.subarray(from, from + size));
        from += size;
      }
      const lines = output.split("\n");
      if (lines.at(-1) === "") lines.pop();
      expect(tail.finish()).toEqual(lines.slice(-40));
    }),
  );
});

test("keeps the lines of two streams apart", () => {
  const tail = new OutputTail();
  tail.add("stdout", Buffer.from("on"));
  tail.add("stderr", Buffer.from("bad\n"));
  tail.add("stdout", Buffer.from("e\n"));
  expect(tail.finish()).toEqual(["bad", "one"]);
});

test("forgets a line that a flood has left behind", () => {
  const tail = new OutputTail();
  tail.add("stdout", Buffer.from("begun"));
  tail.add("stdout", Buffer.from("x\n".repeat(100)));
  expect(tail.finish()).toEqual(Array(40).fill("x"));
});
