import { afterAll } from "vitest";
import { atLength } from "./samples.ts";

// At length every query of every test is compared with kysely's, whatever way led to it.
if (atLength) {
  const { watchQueries } = await import("./kysely-oracle.ts");
  afterAll(watchQueries().end);
}
