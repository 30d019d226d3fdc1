const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

// Each row: below this many seconds, counted in this unit. A month and a year are means.
const steps = [
  [hour, minute, "m"],
  [day, hour, "h"],
  [14 * day, day, "d"],
  [60 * day, 7 * day, "w"],
  [365 * day, 30.44 * day, "mo"],
  [Number.POSITIVE_INFINITY, 365.25 * day, "y"],
] as const;

/** How long before `now` something was, for example `5m ago`; both are RFC 3339 times. */
export function ago(then: string, now: string): string {
  const seconds = (Date.parse(now) - Date.parse(then)) / 1000;
  if (Number.isNaN(seconds)) return "unknown";
  const distance = Math.abs(seconds);
  if (distance < minute) return "just now";
  const step = steps.find(([limit]) => distance < limit) ?? steps[5];
  const amount = `${Math.max(1, Math.floor(distance / step[1]))}${step[2]}`;
  // Clocks of two machines differ; a time ahead is said as it is.
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}
