import type { Colors } from "./text.ts";

const same = (text: string): string => text;

/** No colour at all: pipes, files, NO_COLOR. */
export const plainColors: Colors = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
};

/** The palette for a stream; the colour library is loaded only where there is colour. */
export async function loadColors(wanted: boolean): Promise<Colors> {
  if (!wanted) return plainColors;
  const { default: picocolors } = await import("picocolors");
  return picocolors.createColors(true);
}
