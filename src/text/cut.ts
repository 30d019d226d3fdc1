import truncatedWidth from "fast-string-truncated-width";

// One cell each: what most text is made of, and the library's Unicode classes cost a start milliseconds.
const printableAscii = /^[ -~]*$/;

/** The cells that a text takes on a terminal. */
export function cellWidth(text: string): number {
  return printableAscii.test(text) ? text.length : truncatedWidth(text).width;
}

const ellipsis = "…";
const halfOfPair = /\p{Cs}$/u;

/** The text, cut with `…` so that it takes at most so many cells; must hold no colours. */
export function cut(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  // The library cuts too late where letters outside of Latin-1 precede a run inside of it (3.0.3), and
  // may split a surrogate pair; its plain width is right, so the result is measured again.
  for (let limit = cells; limit > 1; limit--) {
    const { index } = truncatedWidth(text, { limit, ellipsis, ellipsisWidth: 1 });
    const short = `${text.slice(0, index).replace(halfOfPair, "").trimEnd()}${ellipsis}`;
    if (cellWidth(short) <= cells) return short;
  }
  return cells > 0 ? ellipsis : "";
}
