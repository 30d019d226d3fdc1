const units = ["kB", "MB", "GB", "TB"] as const;

/** A size for people, in powers of 1000: `512 bytes`, `4.1 kB`, `23 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  let value = bytes;
  let unit = -1;
  // 999.5 would be rounded up to 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ""}`;
}
