import { test } from "vitest";

/** Whether everything is tried at length, as CI does and `npm run test:long`. */
export const atLength = process.env["CALM_TEST_LONG"] === "1";

/** The same samples in every run of the suite, so that it never fails by chance; SEED=random, or a number, for others. */
export const chosenSeed: { readonly seed?: number } =
  process.env["SEED"] === "random" ? {} : { seed: Number(process.env["SEED"] ?? 20260101) };

/** How many samples a property or a sampling test takes: few in the quick part, or as many as a variable says. */
export function samples(quick: number, full: number, variable = "RUNS"): number {
  return Number(process.env[variable] ?? (atLength ? full : quick));
}

/** What is played in each run, without the slow ones; all of it at length, and when what is printed is written anew. */
export function played(names: readonly string[], slow: readonly string[]): string[] {
  const gone = slow.filter((name) => !names.includes(name));
  if (gone.length > 0) throw new Error(`There is no ${gone.join(", ")} any more`);
  const all = atLength || process.env["UPDATE"] === "1";
  return names.filter((name) => all || !slow.includes(name));
}

/** A test that only runs at length, beside others of its file that always do. */
export const long = test.runIf(atLength);
