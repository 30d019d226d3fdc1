import fc from "fast-check";

const ascii = fc.integer({ min: 0, max: 0x7f }).map((point) => String.fromCodePoint(point));

// Halves of surrogate pairs are no characters, and are left out.
const unicode = fc
  .integer({ min: 0, max: 0x10_ff_ff - 0x800 })
  .map((point) => String.fromCodePoint(point < 0xd800 ? point : point + 0x800));

/**
 * Text of any characters. The library's own (`unit: "binary"`) makes a table of all of Unicode, which takes a second and
 * leaves a worker so large that every process it starts from then on costs twice as much.
 */
export function anyText(size: fc.StringSharedConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...size, unit: fc.oneof(ascii, unicode) });
}
