/** The same samples in every run of the suite, so that it never fails by chance; SEED=random, or a number, for others. */
export const chosenSeed: { readonly seed?: number } =
  process.env["SEED"] === "random" ? {} : { seed: Number(process.env["SEED"] ?? 20260101) };
